//go:build !linux

package app

// keepSignalStacks is needed on Linux alone.
func keepSignalStacks() {}
