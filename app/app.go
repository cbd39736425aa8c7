// Package app is the desktop shell, the only Go code that imports Wails: window, lifecycle, and thin bound structs over the services.
package app

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"runtime"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/windows"

	"tollbook/frontend"
)

// Run opens the window and returns the process's exit status when it is closed.
func Run() int {
	assets, err := fs.Sub(frontend.Dist, "dist")
	if err != nil {
		fmt.Fprintln(os.Stderr, "tollbook:", err)
		return 1
	}
	s := newShell()
	if err := wails.Run(windowOptions(s, assets)); err != nil {
		fmt.Fprintln(os.Stderr, "tollbook:", err)
		return 1
	}
	return 0
}

// The smallest window that still shows a list with its filters, and the one to begin with.
const (
	minWidth, minHeight     = 1100, 700
	firstWidth, firstHeight = 1366, 768
)

func windowOptions(s *shell, assets fs.FS) *options.App {
	return &options.App{
		Title: "通行账本", Width: firstWidth, Height: firstHeight, MinWidth: minWidth, MinHeight: minHeight,
		AssetServer:              &assetserver.Options{Assets: assets, Handler: s.files(), Middleware: oneFrontend},
		OnStartup:                s.start,
		OnBeforeClose:            s.beforeClose,
		OnShutdown:               s.stop,
		ErrorFormatter:           formatError,
		EnableDefaultContextMenu: false,
		Bind: []any{
			&Session{s}, &Lock{s}, &Sync{s}, &Bills{s}, &Trips{s}, &Invoices{s}, &Coverage{s}, &Deduction{s}, &Printing{s}, &Fleet{s}, &Order{s}, &Alerts{s}, &Parking{s}, &Funds{s}, &Statements{s}, &Exports{s}, &Saved{s}, &Settings{s},
		},
		Windows:            &windows.Options{Messages: windowsMessages(), WebviewGpuIsDisabled: os.Getenv("TOLLBOOK_NO_GPU") != ""},
		Linux:              &linux.Options{ProgramName: "tollbook"},
		SingleInstanceLock: singleInstance(s),
	}
}

// singleInstance: a second start shows the window there is. Elsewhere than on Windows the lock needs a session bus, which may be missing;
// there the lock on the cache keeps two programs from syncing at once.
func singleInstance(s *shell) *options.SingleInstanceLock {
	if runtime.GOOS != "windows" {
		return nil
	}
	return &options.SingleInstanceLock{UniqueId: "tollbook-desktop", OnSecondInstanceLaunch: func(options.SecondInstanceData) { s.show() }}
}

// oneFrontend keeps the window's own page empty while a browser drives the program in tests: two pages would both start syncs.
func oneFrontend(next http.Handler) http.Handler {
	if os.Getenv("TOLLBOOK_E2E") == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "wails" {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<!doctype html><title>driven by a browser</title>"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// windowsMessages are what Wails says when the WebView2 runtime is missing.
func windowsMessages() *windows.Messages {
	return &windows.Messages{
		InstallationRequired: "通行账本需要 Microsoft WebView2 运行库。按“确定”下载并安装。",
		UpdateRequired:       "通行账本需要更新 Microsoft WebView2 运行库。按“确定”下载并安装。",
		MissingRequirements:  "缺少运行组件",
		Webview2NotInstalled: "尚未安装 WebView2 运行库",
		Error:                "错误",
		FailedToInstall:      "WebView2 运行库安装失败，请重试。",
		DownloadPage:         "通行账本需要 WebView2 运行库。按“确定”打开下载页面。最低版本：",
		PressOKToInstall:     "按“确定”安装。",
		ContactAdmin:         "运行通行账本需要 WebView2 运行库，请联系系统管理员。",
		InvalidFixedWebview2: "指定的 WebView2 运行库无效。",
		WebView2ProcessCrash: "WebView2 进程意外退出，请重新打开通行账本。",
	}
}
