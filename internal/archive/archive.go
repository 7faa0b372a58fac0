// Package archive keeps what devices held before a push, whole and with their secrets, sealed
// for those who may open it. Who writes it cannot read it again. It knows no device and no plan.
package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
)

// Archive is one folder of pushes; each has a file for each device.
type Archive struct {
	Dir        string
	Recipients []string // age1..., whose identities open it
	Keep       int      // how many pushes are kept
	Spare      string   // a push that stays, however old: what it has is about to be sent
}

// most bounds the text of one device, in bytes.
const most = 64 << 20

// name is what a push or a device may be called, so that no name leaves the folder.
var name = regexp.MustCompile(`\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z`)

// Check tells why nothing could be sealed for the recipients.
func (a Archive) Check() error {
	_, err := a.parsed()
	return err
}

func (a Archive) parsed() (out []age.Recipient, err error) {
	for i, text := range a.Recipients {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, fmt.Errorf("recipient %d is none of age: age-keygen -y tells it, and it begins with age1", i+1) // it may be a key
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return nil, errors.New("an archive without recipients: nobody could open it")
	}
	return out, nil
}

// Put keeps what the devices of one push held, and gives the digest of each file. When it
// returns nil all of it is on disk, or it was there before.
func (a Archive) Put(push string, texts map[string][]byte) (map[string]string, error) {
	to, err := a.parsed()
	if err != nil {
		return nil, err
	}
	if !name.MatchString(push) {
		return nil, fmt.Errorf("%q is no name of a push", push)
	}
	fresh := filepath.Join(a.Dir, "."+push)
	if err := errors.Join(os.RemoveAll(fresh), os.MkdirAll(fresh, 0o700)); err != nil {
		return nil, a.trouble(err)
	}
	digests := map[string]string{}
	for device, text := range texts {
		if !name.MatchString(device) {
			return nil, fmt.Errorf("%q is no name of a device", device)
		}
		sealed, err := seal(text, to)
		if err == nil {
			err = written(filepath.Join(fresh, device+".age"), sealed)
		}
		if err != nil {
			return nil, a.trouble(err)
		}
		digests[device] = digest(sealed)
	}
	if err := errors.Join(synced(fresh), os.Rename(fresh, filepath.Join(a.Dir, push)), synced(a.Dir)); err != nil {
		return nil, a.trouble(err)
	}
	return digests, a.prune()
}

func (a Archive) trouble(err error) error {
	return fmt.Errorf("the archive in %s cannot be written: %w", a.Dir, err)
}

func seal(text []byte, to []age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to...)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(text)
	err = errors.Join(err, w.Close()) // its end is written now
	return out.Bytes(), err
}

func written(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

func synced(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Push is what is kept of one push.
type Push struct {
	Name    string
	At      time.Time
	Devices []string
}

// List gives what is kept, the newest push first.
func (a Archive) List() (out []Push, err error) {
	all, err := os.ReadDir(a.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range all {
		info, bad := e.Info()
		if bad != nil || !e.IsDir() || !name.MatchString(e.Name()) {
			continue
		}
		p := Push{Name: e.Name(), At: info.ModTime()}
		files, _ := filepath.Glob(filepath.Join(a.Dir, e.Name(), "*.age"))
		for _, f := range files {
			p.Devices = append(p.Devices, strings.TrimSuffix(filepath.Base(f), ".age"))
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(x, y Push) int { return y.At.Compare(x.At) })
	return out, err
}

// prune takes away the oldest pushes that are more than are to be kept.
func (a Archive) prune() error {
	all, err := a.List()
	if err != nil || a.Keep <= 0 {
		return err
	}
	for _, p := range all[min(a.Keep, len(all)):] {
		if p.Name == a.Spare {
			continue
		}
		if err := os.RemoveAll(filepath.Join(a.Dir, p.Name)); err != nil {
			return fmt.Errorf("what is too old in the archive %s stays: %w", a.Dir, err)
		}
	}
	return nil
}

// ErrAltered says that a file is not the one that was kept.
var ErrAltered = errors.New("it is not the file that was kept: its digest is another one than the journal or the ledger has")

// Open gives what a device held before a push. want is the digest of the file, as it was told
// when it was kept.
func (a Archive) Open(push, device, want string, identity io.Reader) ([]byte, error) {
	if !name.MatchString(push) || !name.MatchString(device) {
		return nil, fmt.Errorf("no push %q with a device %q is kept in %s", push, device, a.Dir)
	}
	sealed, err := os.ReadFile(filepath.Join(a.Dir, push, device+".age"))
	if err != nil {
		return nil, fmt.Errorf("nothing is kept of %s before %s in %s", device, push, a.Dir)
	}
	if digest(sealed) != want {
		return nil, ErrAltered
	}
	ids, err := age.ParseIdentities(identity)
	if err != nil {
		return nil, errors.New("the file holds no identity of age: it is what age-keygen writes")
	}
	out, err := age.Decrypt(bytes.NewReader(sealed), ids...)
	if err != nil {
		return nil, errors.New("it is not sealed for this identity, or damaged")
	}
	text, err := io.ReadAll(io.LimitReader(out, most+1))
	if err != nil || len(text) > most {
		return nil, fmt.Errorf("it is damaged, or holds more than %d MiB", most>>20)
	}
	return text, nil
}
