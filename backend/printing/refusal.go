package printing

import (
	"errors"
	"fmt"

	"tollbook/backend/fault"
)

// Reason says why a document was refused; a stable code.
type Reason string

// The reasons.
const (
	Absent      Reason = "absent"       // it was not downloaded, or is gone
	Unreadable  Reason = "unreadable"   // it could not be opened: the file is gone, or its disk fails
	NoPDF       Reason = "no_pdf"       // it is no PDF
	Damaged     Reason = "damaged"      // cut off, or parts are missing
	Encrypted   Reason = "encrypted"    // it asks for a password
	Forbidden   Reason = "forbidden"    // its issuer does not permit printing
	TooLarge    Reason = "too_large"    // the file, what it unpacks to, or one of its pictures
	TooLong     Reason = "too_long"     // more pages than a document may have
	TooSlow     Reason = "too_slow"     // reading it took too long
	Unsupported Reason = "unsupported"  // a kind of content that this program does not know
	Repeated    Reason = "repeated"     // an invoice of this number is in the pack already
	NoPages     Reason = "no_pages"     // a PDF without a page
	OutOfBounds Reason = "out_of_sizes" // a page of no, or of a monstrous size
)

// Words is the reason as the cover list prints it.
func (r Reason) Words() string {
	switch r {
	case Absent:
		return "原件不在本机"
	case Unreadable:
		return "文件无法打开"
	case NoPDF:
		return "不是PDF文件"
	case Damaged:
		return "文件不完整"
	case Encrypted:
		return "文件需要密码"
	case Forbidden:
		return "开票方禁止打印"
	case TooLarge:
		return "文件或图片过大"
	case TooLong:
		return "页数过多"
	case TooSlow:
		return "读取超时"
	case Repeated:
		return "发票号码重复"
	case NoPages:
		return "没有页面"
	case OutOfBounds:
		return "页面尺寸异常"
	}
	return "文件内容无法识别"
}

// refusal is an error of one document, which does not end the pack.
type refusal struct {
	reason Reason
	err    error
}

func (r *refusal) Error() string { return string(r.reason) + ": " + r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

func refuse(reason Reason, format string, args ...any) error {
	return &refusal{reason: reason, err: fmt.Errorf(format, args...)}
}

// reasonOf is the reason of a document's error; what has none is a damage.
func reasonOf(err error) Reason {
	var refused *refusal
	if errors.As(err, &refused) {
		return refused.reason
	}
	return Damaged
}

// openError is the refusal of a document that could not be opened or read.
func openError(err error) error {
	switch fault.CodeOf(err) {
	case fault.DocumentAbsent:
		return refuse(Absent, "%w", err)
	case fault.DocumentDamaged:
		return refuse(Damaged, "%w", err)
	}
	return refuse(Unreadable, "%w", err)
}
