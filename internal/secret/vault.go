package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"time"
)

// patience is how long a store is waited for.
const patience = 10 * time.Second

// vault reads a field of a secret of the KV engine, version 2 (HashiCorp Vault API, "KV
// secrets engine v2: read secret version"; OpenBao speaks the same).
func (s Store) vault(path, field string) ([]byte, error) {
	u, err := url.Parse(s.Address)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("%q is no address of a vault: want such as https://vault.example.net:8200", s.Address)
	}
	if a, err := netip.ParseAddr(u.Hostname()); u.Scheme != "https" && (u.Scheme != "http" || err != nil || !a.IsLoopback()) {
		return nil, fmt.Errorf("%s: the token would travel in the clear: use https", u.Redacted())
	}
	token, err := os.ReadFile(s.TokenFile)
	if err != nil {
		return nil, fmt.Errorf("the token file %q of its store cannot be read: %w", s.TokenFile, errors.Unwrap(err))
	}
	r, err := http.NewRequest(http.MethodGet, u.JoinPath("v1", s.Mount, "data", path).String(), nil)
	if err != nil {
		return nil, errors.New("the vault cannot be asked for this path")
	}
	r.Header.Set("X-Vault-Token", string(bytes.TrimSpace(token)))
	r.Header.Set("X-Vault-Request", "true")
	body, err := answer(r)
	if err != nil {
		return nil, fmt.Errorf("%s %w", u.Host, err)
	}
	var is struct {
		Data struct {
			Data map[string]any `json:"data"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &is) != nil || is.Data.Data == nil {
		return nil, fmt.Errorf("%s answers something else than a secret of the KV engine, version 2: is the mount %q one?", u.Host, s.Mount)
	}
	switch v := is.Data.Data[field].(type) {
	case string:
		return []byte(v), nil
	case nil:
		return nil, fmt.Errorf("the secret has no field %s", field)
	}
	return nil, fmt.Errorf("the field %s is no text", field)
}

// answer sends one request. What is answered besides a secret is not shown.
func answer(r *http.Request) ([]byte, error) {
	c := &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := c.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, fmt.Errorf("does not answer: %w", err)
	}
	defer a.Body.Close()
	switch a.StatusCode {
	case http.StatusOK:
	case http.StatusForbidden:
		return nil, errors.New("refuses it: the token has ended, or its policy does not allow this path")
	case http.StatusNotFound:
		return nil, errors.New("has nothing there: see the mount and the path")
	default:
		return nil, fmt.Errorf("answers %d", a.StatusCode)
	}
	b, err := io.ReadAll(io.LimitReader(a.Body, maxSize+1))
	if err != nil || len(b) > maxSize {
		return nil, fmt.Errorf("sends an answer that is cut, or longer than %d bytes", maxSize)
	}
	return b, nil
}
