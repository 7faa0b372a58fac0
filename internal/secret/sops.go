package secret

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// sops asks the program of that name for a field of DIR/PATH, a file that it has encrypted
// (getsops.io, "Extract a sub-part of a document tree"). Its arguments are fixed: a reference
// is two of them, and no shell reads it.
func (s Store) sops(path, field string) ([]byte, error) {
	if _, err := s.within(path); err != nil { // also where a link would lead out of the folder
		return nil, err
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	c := exec.CommandContext(ctx, "sops", "decrypt", "--extract", fmt.Sprintf("[%q]", field), filepath.Join(s.Dir, path))
	c.WaitDelay = patience
	out, err := c.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("the program sops is not there: install it on the runner")
	case ctx.Err() != nil:
		return nil, fmt.Errorf("sops does not end within %v", patience)
	case err != nil: // what it says may hold what it read
		return nil, errors.New("sops refuses it: try sops decrypt on the runner to see why")
	case len(out) > maxSize:
		return nil, fmt.Errorf("holds more than %d bytes", maxSize)
	}
	return []byte(strings.TrimSuffix(string(out), "\n")), nil
}
