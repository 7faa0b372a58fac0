package secret

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// file reads DIR/PATH/FIELD. Links that lead out of DIR are refused.
func (s Store) file(path, field string) ([]byte, error) { return s.within(filepath.Join(path, field)) }

// within reads a file of the store's folder.
func (s Store) within(name string) ([]byte, error) {
	root, err := os.OpenRoot(s.Dir)
	if err != nil {
		return nil, fmt.Errorf("the folder %q of its store cannot be opened: %w", s.Dir, errors.Unwrap(err))
	}
	defer root.Close()
	info, err := root.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("the file %s cannot be read: %w", filepath.Join(s.Dir, name), errors.Unwrap(err))
	}
	if info.Size() > maxSize {
		return nil, fmt.Errorf("holds more than %d bytes", maxSize)
	}
	b, err := root.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("the file %s cannot be read: %w", filepath.Join(s.Dir, name), errors.Unwrap(err))
	}
	return b, nil
}

func (s Store) env(_, field string) ([]byte, error) {
	if !slices.Contains(s.Names, field) {
		return nil, fmt.Errorf("the store does not list the variable %s", field)
	}
	v, ok := os.LookupEnv(field)
	if !ok {
		return nil, fmt.Errorf("the variable %s is not set", field)
	}
	return []byte(v), nil
}
