package printing

import (
	"runtime/metrics"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// limits are what one document may cost before it is refused. Invoices take a hundredth of each and less.
type limits struct {
	bytes   int64         // of the file
	decoded int64         // of one stream, unpacked
	output  int           // bytes in the pack
	pages   int           // of the document
	objects int           // of the document
	pixels  int64         // of one picture
	memory  uint64        // bytes over those in use when its reading began
	time    time.Duration // to read it
}

const megabyte = 1 << 20

func standardLimits() limits {
	return limits{
		bytes: 64 * megabyte, decoded: 64 * megabyte, output: 128 * megabyte, pages: 5000, objects: 500_000,
		pixels: 200_000_000, // A4 at 1,200 dots per inch has 139 million
		memory: 768 * megabyte, time: 20 * time.Second,
	}
}

// configuration is pdfcpu's, made by hand: its own constructor would write a folder into the user's home.
func (l limits) configuration() *model.Configuration {
	resources := model.DefaultResourceLimits()
	resources.MaxStreamBytes, resources.MaxDecodeBytes = l.bytes, l.decoded
	resources.MaxObjectCount, resources.MaxXRefEntries, resources.MaxObjectStreamCount = l.objects, l.objects, l.objects
	return &model.Configuration{Reader15: true, ValidationMode: model.ValidationRelaxed, Limits: resources}
}

// memoryInUse is what objects on the heap hold, in bytes, those not yet collected included.
func memoryInUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
