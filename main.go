// Tollbook (通行账本): the desktop program. The Wails CLI builds the package beside wails.json.
package main

import (
	"os"

	"tollbook/app"
)

func main() { os.Exit(app.Run()) }
