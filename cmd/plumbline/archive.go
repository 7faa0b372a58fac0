package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plumbline/internal/archive"
	"plumbline/internal/gate/signed"
	"plumbline/internal/journal"
)

func archiveVerb(e *env) *cobra.Command {
	var identity, out string
	c := &cobra.Command{
		Use:   "archive [TRANSACTION DEVICE]",
		Short: "List what is kept of devices from before each push, or open one of it into a file",
		Args:  cobra.MaximumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := e.loadRunner()
			if err != nil {
				return err
			}
			switch {
			case cfg.Archive == nil:
				return fmt.Errorf("nothing is kept: %s has no archive: name recipients of age there (archive: recipients: [age1...]), see docs/push.md", cfg.file)
			case len(args) == 0:
				return e.listArchive(cfg)
			case len(args) == 1 || identity == "" || out == "":
				return errors.New("to open one: plumbline archive TRANSACTION DEVICE --identity FILE --out FILE (the file is new, and holds secrets)")
			}
			return e.openArchive(cfg, args[0], args[1], identity, out)
		},
	}
	c.Flags().StringVar(&identity, "identity", "", "file with an identity of age that opens it")
	c.Flags().StringVar(&out, "out", "", "new file for the text, which holds the secrets of the device; readable by you alone")
	return c
}

// archive is where what devices held is kept.
func (e *env) archive(cfg runnerConfig) archive.Archive {
	a := cfg.Archive
	return archive.Archive{Dir: cmp.Or(a.Dir, filepath.Join(e.stateDir(cfg), "archive")), Recipients: a.Recipients, Keep: int(cmp.Or(a.Keep, 20))}
}

// sealable tells why nothing could be kept as the runner's configuration says.
func (e *env) sealable(cfg runnerConfig) error {
	switch {
	case cfg.Archive == nil:
		return nil
	case cfg.Journal == inGit && cfg.Archive.Dir == "":
		return errors.New("with journal: git it would be lost with this machine: name a dir that lasts, or leave the archive out")
	}
	return e.archive(cfg).Check()
}

// keeps gives push what keeps an archive; nil where none is kept. What a device is brought back to stays
// in it: a run that dies on the way is followed by one that opens it again.
func (e *env) keeps(cfg runnerConfig, back string) func(string, map[string][]byte) (map[string]string, error) {
	if cfg.Archive == nil {
		return nil
	}
	a := e.archive(cfg)
	a.Spare = back
	return a.Put
}

func archiveFact(e *env, cfg runnerConfig) string {
	if cfg.Archive == nil {
		return "none: what devices hold besides intent is not kept before a push (recipients under archive: in the runner's configuration)"
	}
	a := e.archive(cfg)
	return fmt.Sprintf("%s, sealed for %s, the last %s", a.Dir, counted(len(a.Recipients), "recipient"), counted(a.Keep, "push"))
}

func (e *env) listArchive(cfg runnerConfig) error {
	all, err := e.archive(cfg).List()
	for _, p := range all {
		fmt.Fprintf(e.out, "%s  %s  %s\n", p.At.UTC().Format(time.RFC3339), p.Name, strings.Join(p.Devices, " "))
	}
	return err
}

// heldBefore gives what a device held before a push, from the sealed file of that digest.
func (e *env) heldBefore(cfg runnerConfig, tx, device, digest, identity string) ([]byte, error) {
	key, err := os.Open(identity)
	if err != nil {
		return nil, fmt.Errorf("the identity %s cannot be read: %w", identity, errors.Unwrap(err))
	}
	defer key.Close()
	text, err := e.archive(cfg).Open(tx, device, digest, key)
	if err != nil {
		return nil, fmt.Errorf("archive/closed: %s before %s: %w", device, tx, err)
	}
	return text, nil
}

// openArchive writes what a device held into a new file. Which file was kept is told by the
// journal, or by the signed ledger.
func (e *env) openArchive(cfg runnerConfig, tx, device, identity, out string) error {
	want, err := e.sealedAs(cfg, tx, device)
	if err != nil {
		return err
	}
	text, err := e.heldBefore(cfg, tx, device, want, identity)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("%s cannot be written, or is there already: %w", out, errors.Unwrap(err))
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		_, err = fmt.Fprintf(e.out, "%s holds what %s held before %s, with its secrets\nnext: plumbline diff --platform PLATFORM --have LIVE --want %s --commands, or plumbline push --restore %s --archived %s --identity %s\n", out, device, tx, out, device, tx, identity)
	}
	return err
}

// sealedAs is the digest of a file that was kept, from the ledger, or from the journal where the
// push has not ended.
func (e *env) sealedAs(cfg runnerConfig, tx, device string) (string, error) {
	r, branch, err := e.opened()
	if err != nil {
		return "", err
	}
	entries, err := signed.Ledger(r, branch)
	if err != nil {
		return "", err
	}
	for _, one := range entries {
		for _, d := range one.Devices {
			if one.Tx == tx && d.Name == device && d.Archive != "" {
				return d.Archive, nil
			}
		}
	}
	rs, err := e.recorded(r, cfg)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(rs, func(n journal.Record) bool { return n.Tx == tx && n.Device == device && n.Archive != "" })
	if at < 0 {
		return "", fmt.Errorf("archive/unknown: neither ledger nor journal tell of anything kept of %s before %q: plumbline archive lists what is there", device, tx)
	}
	return rs[at].Archive, nil
}
