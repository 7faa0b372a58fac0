package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"plumbline/internal/secret"
	"plumbline/internal/strict"
)

// runnerConfig is what belongs to the machine that runs plumbline and never stands in the
// repository: where secrets are, where the journal is, and the key that signs the ledger.
type runnerConfig struct {
	Stores    []runnerStore  `yaml:"stores,optional"`
	State     string         `yaml:"state,optional"`      // folder of the journal; default .plumbline/journal in the repository
	Journal   string         `yaml:"journal,optional"`    // git: kept on the remote too, for runners whose disk does not last
	LedgerKey string         `yaml:"ledger_key,optional"` // OpenSSH private key that signs the ledger
	PlanKey   string         `yaml:"plan_key,optional"`   // OpenSSH private key that seals plans as they are shown on a forge
	RepoKey   strict.Secret  `yaml:"repo_key,optional"`   // keys digests of what devices hold, where secrets are among it
	Remote    string         `yaml:"remote,optional"`     // of Git, where runners of several machines share lease and halt
	Forge     *runnerForge   `yaml:"forge,optional"`      // where --post says what was found, outside of a forge's own jobs
	Archive   *runnerArchive `yaml:"archive,optional"`    // what devices held before each push, sealed; absent: nothing of it is kept
	Vantage   string         `yaml:"vantage,optional"`    // device of the inventory through which the others are logged in to as well, to see that they are well
	file      string
	veil      *veil // learns what sessions are opened with
}

// runnerArchive is where what devices held is kept, and for whom.
type runnerArchive struct {
	Recipients []string `yaml:"recipients"`    // age1...; their identities belong on no runner
	Dir        string   `yaml:"dir,optional"`  // default: archive beside the journal
	Keep       uint16   `yaml:"keep,optional"` // pushes; default 20
}

// runnerForge is the repository on a forge.
type runnerForge struct {
	Kind    string        `yaml:"kind"`    // gitea (also Forgejo), github or gitlab
	API     string        `yaml:"api"`     // address of its API: https://api.github.com, https://git.example.net/api/v1
	Project string        `yaml:"project"` // owner/name; on GitLab also the number
	Token   strict.Secret `yaml:"token"`
}

// runnerStore is a named store of secrets.
type runnerStore struct {
	Name      string   `yaml:"name"`
	Type      string   `yaml:"type"`
	Dir       string   `yaml:"dir,optional"`
	Names     []string `yaml:"names,optional"`
	Address   string   `yaml:"address,optional"`
	Mount     string   `yaml:"mount,optional"`
	TokenFile string   `yaml:"token_file,optional"`
	Identity  string   `yaml:"identity,optional"`
}

// runnerFile is where the runner's configuration stands: PLUMBLINE_RUNNER, or the user's
// configuration folder.
func runnerFile() string {
	if f := os.Getenv("PLUMBLINE_RUNNER"); f != "" {
		return f
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "plumbline", "runner.yaml")
}

// loadRunner reads the runner's configuration; one that is absent declares nothing.
func (e *env) loadRunner() (runnerConfig, error) {
	r := runnerConfig{file: e.runner, veil: e.veil}
	if e.runner == "" {
		return r, nil
	}
	dir, name := filepath.Split(e.runner)
	if dir == "" {
		dir = "."
	}
	tree := os.DirFS(dir)
	if _, err := fs.Stat(tree, name); errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	v := new(runnerConfig)
	if ds := strict.NewSource().Read(tree, name, v); ds.Failed() {
		// %v: it is this machine's configuration, no finding about intent
		return r, fmt.Errorf("the runner's configuration %s: %v", e.runner, ds.Err().Error())
	}
	r.Stores, r.State, r.LedgerKey, r.PlanKey, r.Remote, r.Forge, r.Journal = v.Stores, v.State, v.LedgerKey, v.PlanKey, v.Remote, v.Forge, v.Journal
	r.RepoKey, r.Archive, r.Vantage = v.RepoKey, v.Archive, v.Vantage
	if err := e.sealable(r); err != nil {
		return r, fmt.Errorf("the runner's configuration %s: archive: %w", e.runner, err)
	}
	if r.Journal != "" && (r.Journal != inGit || r.Remote == "" || r.LedgerKey == "") {
		return r, fmt.Errorf("the runner's configuration %s: journal: %s: want git, and beside it remote (where the journal is kept) and ledger_key (which signs it)", e.runner, r.Journal)
	}
	for _, path := range append([]string{r.State, r.LedgerKey, r.PlanKey}, r.folders()...) {
		if strings.HasPrefix(path, "~") || strings.Contains(path, "$") {
			return r, fmt.Errorf("the runner's configuration %s: %q is taken as it stands, and nothing in it is expanded: write the whole path", e.runner, path)
		}
	}
	return r, nil
}

// folders are the folders and files of the stores.
func (r runnerConfig) folders() (out []string) {
	for _, s := range r.Stores {
		out = append(out, s.Dir, s.TokenFile, s.Identity)
	}
	if r.Archive != nil {
		out = append(out, r.Archive.Dir)
	}
	return out
}

func (r runnerConfig) stores() secret.Stores {
	s := secret.Stores{}
	for _, one := range r.Stores {
		s[one.Name] = secret.Store{Type: one.Type, Dir: one.Dir, Names: one.Names, Address: one.Address, Mount: one.Mount, TokenFile: one.TokenFile, Identity: one.Identity}
	}
	return s
}

// credential gives a secret that opens a session, and has it hidden from then on.
func (r runnerConfig) credential(ref string) ([]byte, error) {
	value, err := r.stores().Resolve(ref)
	r.veil.login(value) // none where it failed
	return value, err
}

// stateDir is where the journal stands.
func (e *env) stateDir(r runnerConfig) string {
	if r.State != "" {
		return r.State
	}
	return filepath.Join(e.dir, ".plumbline", "journal")
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
