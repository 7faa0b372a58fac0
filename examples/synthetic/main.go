// Package main writes a network of any size, to try plumbline on.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"plumbline/bench/synth"
)

func main() {
	devices := flag.Int("devices", 1000, "how many devices, rounded up to whole fabrics")
	dir := flag.String("out", "", "the folder to write to")
	flag.Parse()
	if *dir == "" || *devices < 1 {
		fmt.Fprintln(os.Stderr, "error: give the folder to write to: -out DIR")
		os.Exit(3)
	}
	err := synth.Write(*devices, func(name, text string) error {
		file := filepath.Join(*dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, []byte(text), 0o644)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(3)
	}
}
