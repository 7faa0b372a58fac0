package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile writes a file and the folders above it.
func writeFile(file string, text []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("%s cannot be made: %w", filepath.Dir(file), errors.Unwrap(err))
	}
	if err := os.WriteFile(file, text, mode); err != nil {
		return fmt.Errorf("%s cannot be written: %w", file, errors.Unwrap(err))
	}
	return nil
}
