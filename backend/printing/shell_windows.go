package printing

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"
)

// System is the printers of Windows.
func System() Printer {
	return shellPrinter{calls: shellCalls{printers: enumPrinters, defaultPrinter: getDefaultPrinter, execute: shellExecute}}
}

// spooler is a procedure of Windows' print spooler.
func spooler(name string) *windows.LazyProc {
	return windows.NewLazySystemDLL("winspool.drv").NewProc(name)
}

// shellExecute calls ShellExecuteW, for which the thread must have COM, since some programs are started by way of it.
func shellExecute(verb, path, arguments string) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := windows.CoInitializeEx(0, windows.COINIT_APARTMENTTHREADED|windows.COINIT_DISABLE_OLE1DDE); err == nil {
		defer windows.CoUninitialize()
	}
	var texts [3]*uint16
	for i, text := range []string{verb, path, arguments} {
		if text == "" {
			continue
		}
		coded, err := windows.UTF16PtrFromString(text)
		if err != nil {
			return fmt.Errorf("hand %s to the shell: %w", verb, err)
		}
		texts[i] = coded
	}
	err := windows.ShellExecute(0, texts[0], texts[1], texts[2], nil, windows.SW_SHOWMINNOACTIVE)
	if errors.Is(err, windows.ERROR_NO_ASSOCIATION) {
		return errNoProgram
	}
	if err != nil {
		return fmt.Errorf("ShellExecute %s: %w", verb, err)
	}
	return nil
}

// printerInfo4 is PRINTER_INFO_4W.
type printerInfo4 struct {
	name       *uint16
	server     *uint16
	attributes uint32
}

// enumPrinters lists local printers and connections to those of others; level 4 asks the registry alone and never a server that sleeps.
func enumPrinters() ([]string, error) {
	const local, connections, level = 2, 4, 4
	enum := spooler("EnumPrintersW")
	if err := enum.Find(); err != nil {
		return nil, err
	}
	var needed, count uint32
	size := uint32(0)
	var buffer []printerInfo4
	const tries = 3 // printers may come while they are counted
	for range tries {
		var start *printerInfo4
		if len(buffer) > 0 {
			start = &buffer[0]
		}
		done, _, err := enum.Call(local|connections, 0, level, uintptr(unsafe.Pointer(start)), uintptr(size), uintptr(unsafe.Pointer(&needed)), uintptr(unsafe.Pointer(&count)))
		if done != 0 {
			return printerNames(buffer, count), nil
		}
		if !errors.Is(err, windows.ERROR_INSUFFICIENT_BUFFER) {
			return nil, fmt.Errorf("EnumPrinters: %w", err)
		}
		// The texts lie behind the entries in the same buffer.
		buffer = make([]printerInfo4, needed/uint32(unsafe.Sizeof(printerInfo4{}))+1)
		size = uint32(len(buffer)) * uint32(unsafe.Sizeof(printerInfo4{}))
	}
	return nil, errors.New("EnumPrinters: the list does not stay the same")
}

func printerNames(infos []printerInfo4, count uint32) []string {
	var names []string
	for _, info := range infos[:min(int(count), len(infos))] {
		names = append(names, windows.UTF16PtrToString(info.name))
	}
	return names
}

func getDefaultPrinter() (string, error) {
	get := spooler("GetDefaultPrinterW")
	if err := get.Find(); err != nil {
		return "", err
	}
	var name [1024]uint16
	size := uint32(len(name))
	done, _, err := get.Call(uintptr(unsafe.Pointer(&name[0])), uintptr(unsafe.Pointer(&size)))
	if done != 0 {
		return windows.UTF16ToString(name[:]), nil
	}
	if errors.Is(err, windows.ERROR_FILE_NOT_FOUND) {
		return "", nil // there is none
	}
	return "", fmt.Errorf("GetDefaultPrinter: %w", err)
}
