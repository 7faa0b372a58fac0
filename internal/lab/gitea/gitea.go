// Package gitea is a real Gitea for tests: started on loopback with an empty database, and
// gone with the test. It is the program that .ci/gitea builds, which PLUMBLINE_GITEA names.
package gitea

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Admin is the owner of everything, and Password that of every account.
const Admin, Password = "root", "Secret-word-123"

// Server is one that runs.
type Server struct {
	testing.TB
	URL   string // http://127.0.0.1:port
	Token string // of the admin, for everything
	shell string // port of its SSH server
}

// Start runs a Gitea until the test ends. Without actions: workflows in a repository are files.
func Start(t testing.TB) *Server { t.Helper(); return start(t, settings) }

func start(t testing.TB, settings string) *Server {
	t.Helper()
	program, dir := os.Getenv("PLUMBLINE_GITEA"), t.TempDir()
	if program == "" {
		t.Fatal(`no Gitea: eval "$(.ci/gitea build)"`)
	}
	port := freePort(t)
	s := &Server{TB: t, URL: "http://127.0.0.1:" + port, shell: freePort(t)}
	secret := func(kind string) string {
		out, err := exec.Command(program, "generate", "secret", kind).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	conf := strings.NewReplacer("DIR", dir, "SHELL", s.shell, "HTTP_PORT = PORT", "HTTP_PORT = "+port, "PORT/", port+"/", "FILES", os.Getenv("PLUMBLINE_GITEA_FILES"),
		"KEY", secret("SECRET_KEY"), "INTERNAL", secret("INTERNAL_TOKEN"), "JWT", secret("JWT_SECRET")).Replace(settings)
	if err := os.MkdirAll(filepath.Join(dir, "custom", "conf"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "custom", "conf", "app.ini"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(ctx context.Context, args ...string) *exec.Cmd {
		c := exec.CommandContext(ctx, program, args...)
		c.Env = append(os.Environ(), "GITEA_WORK_DIR="+dir, "HOME="+dir, "USER=root")
		return c
	}
	for _, args := range [][]string{{"migrate"}, {"admin", "user", "create", "--admin", "--username", Admin, "--password", Password, "--email", Admin + "@example.net", "--must-change-password=false"}} {
		if out, err := run(t.Context(), args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	web := run(ctx, "web")
	log := new(bytes.Buffer)
	web.Stdout, web.Stderr = log, log
	web.Cancel = func() error { return web.Process.Signal(os.Interrupt) }
	web.WaitDelay = 10 * time.Second
	if err := web.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = web.Wait()
		if t.Failed() {
			t.Logf("%s", log)
		}
	})
	s.wait()
	s.Token = s.NewToken(Admin, "all")
	return s
}

func freePort(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func (s *Server) wait() {
	s.Helper()
	for range 600 {
		a, err := http.Get(s.URL + "/api/v1/version")
		if err == nil {
			a.Body.Close()
			if a.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	s.Fatal("Gitea does not answer after a minute")
}

// User makes an account and gives its number.
func (s *Server) User(name string) int64 {
	s.Helper()
	var u struct {
		ID int64 `json:"id"`
	}
	s.Ask(Admin, "POST", "/admin/users", map[string]any{"username": name, "email": name + "@example.net", "password": Password, "must_change_password": false}, &u, 201)
	return u.ID
}

// NewToken makes a token of an account.
func (s *Server) NewToken(user string, scopes ...string) string {
	s.Helper()
	var t struct {
		SHA1 string `json:"sha1"`
	}
	s.Ask(user, "POST", "/users/"+user+"/tokens", map[string]any{"name": rand.Text(), "scopes": scopes}, &t, 201)
	return t.SHA1
}

// Ask sends a request as an account, and gives the status of the answer, which must be one
// of those that are wanted.
func (s *Server) Ask(user, method, path string, in, out any, want ...int) int {
	s.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		s.Fatal(err)
	}
	r, err := http.NewRequest(method, s.URL+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	r.SetBasicAuth(user, Password)
	r.Header.Set("Content-Type", "application/json")
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer a.Body.Close()
	b, _ := io.ReadAll(a.Body)
	for _, w := range want {
		if a.StatusCode == w {
			if out != nil {
				if err := json.Unmarshal(b, out); err != nil {
					s.Fatal(err)
				}
			}
			return w
		}
	}
	s.Fatalf("%s %s %s: %d %s", user, method, path, a.StatusCode, b)
	return 0
}

// Git runs git in a folder as an account, with its password for the server.
func (s *Server) Git(dir, user string, args ...string) string {
	s.Helper()
	out, err := s.TryGit(dir, user, args...)
	if err != nil {
		s.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(out)
}

// PushByKey pushes to a repository with a new deploy key that may write.
func (s *Server) PushByKey(dir, project, what string) (string, error) {
	s.Helper()
	key := filepath.Join(s.TempDir(), "key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		s.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		s.Fatal(err)
	}
	s.Ask(Admin, "POST", "/repos/"+project+"/keys", map[string]any{"title": rand.Text(), "key": string(public), "read_only": false}, nil, 201)
	c := exec.Command("git", "-C", dir, "push", fmt.Sprintf("ssh://git@127.0.0.1:%s/%s.git", s.shell, project), what)
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_SSH_COMMAND=ssh -F none -i "+key+" -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null")
	out, err := c.CombinedOutput()
	return string(out), err
}

// TryGit is Git where the command may fail.
func (s *Server) TryGit(dir, user string, args ...string) (string, error) {
	host := strings.TrimPrefix(s.URL, "http://")
	c := exec.Command("git", append([]string{"-C", dir, "-c", fmt.Sprintf("url.http://%s:%s@%s/.insteadOf=%s/", user, Password, host, s.URL)}, args...)...)
	mail := user + "@example.net"
	c.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_AUTHOR_NAME="+user, "GIT_AUTHOR_EMAIL="+mail, "GIT_COMMITTER_NAME="+user, "GIT_COMMITTER_EMAIL="+mail, "GIT_CONFIG_GLOBAL=/dev/null")
	out, err := c.CombinedOutput()
	return string(out), err
}

const settings = `I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
RUN_MODE = prod
RUN_USER = root
WORK_PATH = DIR
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = PORT
ROOT_URL = http://127.0.0.1:PORT/
START_SSH_SERVER = true
SSH_LISTEN_HOST = 127.0.0.1
SSH_LISTEN_PORT = SHELL
SSH_PORT = SHELL
SSH_DOMAIN = 127.0.0.1
BUILTIN_SSH_SERVER_USER = git
STATIC_ROOT_PATH = FILES
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = DIR/gitea.db
[repository]
ROOT = DIR/repos
[security]
INSTALL_LOCK = true
SECRET_KEY = KEY
INTERNAL_TOKEN = INTERNAL
PASSWORD_HASH_ALGO = pbkdf2_v2
[oauth2]
JWT_SECRET = JWT
[actions]
ENABLED = false
[cron]
ENABLED = false
[indexer]
ISSUE_INDEXER_TYPE = db
[log]
LEVEL = warn
`
