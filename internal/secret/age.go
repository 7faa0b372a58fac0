package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// age reads DIR/PATH/FIELD.age, binary or armored, with the key in Identity (age-encryption.org/v1).
func (s Store) age(path, field string) ([]byte, error) {
	locked, err := s.within(filepath.Join(path, field+".age"))
	if err != nil {
		return nil, err
	}
	key, err := os.ReadFile(s.Identity)
	if err != nil {
		return nil, fmt.Errorf("the identity %q of its store cannot be read: %w", s.Identity, errors.Unwrap(err))
	}
	ids, err := age.ParseIdentities(bytes.NewReader(key))
	if err != nil {
		return nil, fmt.Errorf("%s holds no identity: make one with age-keygen", s.Identity)
	}
	var in io.Reader = bytes.NewReader(locked)
	if bytes.HasPrefix(bytes.TrimSpace(locked), []byte(armor.Header)) {
		in = armor.NewReader(in)
	}
	out, err := age.Decrypt(in, ids...)
	if err != nil {
		return nil, errors.New("it is not for this identity, or damaged: encrypt it again with age -R")
	}
	b, err := io.ReadAll(io.LimitReader(out, maxSize+1))
	if err != nil || len(b) > maxSize {
		return nil, fmt.Errorf("it is damaged, or holds more than %d bytes", maxSize)
	}
	return b, nil
}
