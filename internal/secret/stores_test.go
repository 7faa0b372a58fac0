package secret

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
)

func put(t *testing.T, name, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return name
}

// judge resolves references: those with a value must give it, the others fail with a reason
// and without a value.
func judge(t *testing.T, s Stores, want map[string]string, fails map[string]string) {
	t.Helper()
	for ref, value := range want {
		if got, err := s.Resolve(ref); err != nil || string(got) != value {
			t.Errorf("%s gives %q, %v", ref, got, err)
		}
	}
	for ref, why := range fails {
		got, err := s.Resolve(ref)
		if err == nil || got != nil || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "value-") || !strings.Contains(err.Error(), ref) {
			t.Errorf("%s gives %q, %v; want an error with %q", ref, got, err, why)
		}
	}
}

func TestAge(t *testing.T) {
	dir := t.TempDir()
	mine, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	lock := func(id *age.X25519Identity, armored bool, text string) string {
		var b bytes.Buffer
		a := armor.NewWriter(&b)
		var to interface {
			Write([]byte) (int, error)
		} = &b
		if armored {
			to = a
		}
		w, err := age.Encrypt(to, id.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, text)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if armored {
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
		}
		return b.String()
	}
	whole := lock(mine, false, "value-1")
	put(t, filepath.Join(dir, "net/ro/key.age"), whole, 0o600)
	put(t, filepath.Join(dir, "net/rw/key.age"), lock(mine, true, "value-2"), 0o600)
	put(t, filepath.Join(dir, "net/x/other.age"), lock(other, false, "value-3"), 0o600)
	put(t, filepath.Join(dir, "net/x/cut.age"), whole[:len(whole)-5], 0o600)
	put(t, filepath.Join(dir, "net/x/plain.age"), "value-4", 0o600)
	put(t, filepath.Join(dir, "net/x/long.age"), lock(mine, false, strings.Repeat("value-5", maxSize)), 0o600)
	id := put(t, filepath.Join(t.TempDir(), "identity"), "# created for a test\n"+mine.String()+"\n", 0o600)
	none := put(t, filepath.Join(t.TempDir(), "none"), "value-6", 0o600)
	s := Stores{"a": {Type: "age", Dir: dir, Identity: id}, "lost": {Type: "age", Dir: dir, Identity: "/nowhere"}, "none": {Type: "age", Dir: dir, Identity: none}}
	judge(t, s, map[string]string{"secret://a/net/ro#key": "value-1", "secret://a/net/rw#key": "value-2"}, map[string]string{
		"secret://a/net/x#other": "age -R", "secret://a/net/x#cut": "damaged", "secret://a/net/x#plain": "damaged",
		"secret://a/net/x#long": "bytes", "secret://a/net/x#absent": "cannot be read", "secret://lost/net/ro#key": "identity", "secret://none/net/ro#key": "age-keygen",
	})
}

func TestVault(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Vault-Token") != "hvs.token" {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"errors":["permission denied value-9"]}`)
			return
		}
		switch r.URL.Path {
		case "/v1/kv/data/net/ro":
			fmt.Fprint(w, `{"data":{"data":{"key":"value-1","count":7},"metadata":{"version":3}}}`)
		case "/v1/kv/data/net/v1":
			fmt.Fprint(w, `{"data":{"key":"value-2"}}`)
		case "/v1/kv/data/net/html":
			fmt.Fprint(w, `<html>value-3`)
		case "/v1/kv/data/net/long":
			fmt.Fprint(w, `{"data":{"data":{"key":"`+strings.Repeat("value-4", maxSize)+`"}}}`)
		case "/v1/kv/data/net/away":
			http.Redirect(w, r, "http://192.0.2.1/value-5", http.StatusFound)
		case "/v1/kv/data/net/broken":
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprint(w, "value-6")
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(srv.Close)
	token := put(t, filepath.Join(t.TempDir(), "token"), "hvs.token\n", 0o600)
	old := put(t, filepath.Join(t.TempDir(), "old"), "hvs.old\n", 0o600)
	s := Stores{
		"v": {Type: "vault", Address: srv.URL, Mount: "kv", TokenFile: token}, "old": {Type: "vault", Address: srv.URL, Mount: "kv", TokenFile: old},
		"clear": {Type: "vault", Address: "http://192.0.2.1:8200", Mount: "kv", TokenFile: token}, "lost": {Type: "vault", Address: srv.URL, Mount: "kv", TokenFile: "/nowhere"},
		"dead": {Type: "vault", Address: "http://127.0.0.1:1", Mount: "kv", TokenFile: token}, "odd": {Type: "vault", Address: "vault", TokenFile: token},
	}
	judge(t, s, map[string]string{"secret://v/net/ro#key": "value-1"}, map[string]string{
		"secret://v/net/ro#none": "no field none", "secret://v/net/ro#count": "is no text", "secret://v/net/v1#key": "version 2",
		"secret://v/net/html#key": "version 2", "secret://v/net/long#key": "bytes", "secret://v/net/away#key": "answers 302", "secret://v/net/broken#key": "answers 500",
		"secret://v/net/absent#key": "nothing there", "secret://old/net/ro#key": "its policy does not allow", "secret://clear/net/ro#key": "in the clear",
		"secret://lost/net/ro#key": "token file", "secret://dead/net/ro#key": "does not answer", "secret://odd/net/ro#key": "no address",
	})
}

// TestSops speaks with a program that takes what sops is documented to take and fails as it does.
func TestSops(t *testing.T) {
	dir, bin := t.TempDir(), t.TempDir()
	put(t, filepath.Join(dir, "net/ro.yaml"), "key: ENC[AES256_GCM,data:xx]\n", 0o600)
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	s := Stores{"s": {Type: "sops", Dir: dir}}
	t.Setenv("PATH", bin)
	judge(t, s, nil, map[string]string{"secret://s/net/ro.yaml#key": "install it"})
	put(t, filepath.Join(bin, "sops"), `#!/bin/sh
[ "$1 $2" = "decrypt --extract" ] && [ $# = 4 ] && [ "$3" = '["key"]' ] || { echo "component not found value-9" >&2; exit 100; }
echo value-1
`, 0o700)
	judge(t, s, map[string]string{"secret://s/net/ro.yaml#key": "value-1"}, map[string]string{
		"secret://s/net/ro.yaml#other": "sops refuses it", "secret://s/net/absent.yaml#key": "cannot be read", "secret://s/link#key": "cannot be read",
	})
}
