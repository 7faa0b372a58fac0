package forge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Bounds of what is read from a forge.
const (
	mostPages = 100
	mostBytes = 8 << 20 // of one answer
	patience  = 10 * time.Second
)

// client speaks with the API of one forge.
type client struct {
	base    *url.URL
	project string
	token   string
	header  [2]string // how the token is sent: name, and what stands before it
	http    *http.Client
	clock   *time.Time // the Date of the last answer that was no refusal
}

// newClient refuses an address that would send the token in the clear.
func newClient(base, project, token string) (client, error) {
	u, err := url.Parse(strings.TrimSuffix(base, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return client{}, fmt.Errorf("%q is no address of a forge's API: want such as https://api.github.com", base)
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		return client{}, fmt.Errorf("%s: the token would travel in the clear: use https", u.Redacted())
	}
	if project == "" {
		return client{}, errors.New("which repository on the forge is not said: name the project")
	}
	if token == "" {
		return client{}, fmt.Errorf("no token for the forge: set PLUMBLINE_TOKEN (%w)", ErrDenied)
	}
	c := client{base: u, project: project, token: token, clock: new(time.Time)}
	c.http = &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return c, nil
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// repo is the path of the repository's requests.
func (c client) repo(format string, args ...any) string {
	owner, name, _ := strings.Cut(c.project, "/")
	return "/repos/" + url.PathEscape(owner) + "/" + url.PathEscape(name) + fmt.Sprintf(format, args...)
}

// do sends one request and reads its answer into out, where there is one. It gives the
// address of the next page.
func (c client) do(ctx context.Context, method, path string, in, out any) (next string, err error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return "", err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.address(path), body)
	if err != nil {
		return "", fmt.Errorf("the forge cannot be asked for %s", path)
	}
	r.Header.Set(c.header[0], c.header[1]+c.token)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "plumbline")
	a, err := c.http.Do(r)
	if err != nil {
		return "", fmt.Errorf("%s does not answer: %w", c.base.Host, unwrapped(err))
	}
	defer a.Body.Close()
	if err := c.judge(method, path, a); err != nil {
		return "", err
	}
	*c.clock, _ = http.ParseTime(a.Header.Get("Date"))
	if out == nil {
		return "", nil
	}
	b, err := io.ReadAll(io.LimitReader(a.Body, mostBytes+1))
	if err != nil || len(b) > mostBytes {
		return "", fmt.Errorf("%s %s: the answer is cut or longer than %d bytes", method, path, mostBytes)
	}
	if err := json.Unmarshal(b, out); err != nil {
		return "", fmt.Errorf("%s %s: the answer is not what this version knows of this forge", method, path)
	}
	return c.next(a.Header.Get("Link"))
}

// address is a path under the API, or a page that it named itself.
func (c client) address(path string) string {
	if strings.HasPrefix(path, c.base.Scheme+"://") {
		return path
	}
	return c.base.String() + path
}

// judge tells what a refusal means; what the forge writes with it is not shown.
func (c client) judge(method, path string, a *http.Response) error {
	say := func(kind error, text string) error {
		return fmt.Errorf("%s answers %d to %s %s: %s%w", c.base.Host, a.StatusCode, method, path, text, kind)
	}
	switch code := a.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return say(ErrDenied, "")
	case code == http.StatusNotFound, code == http.StatusGone:
		return say(ErrGone, "")
	case code == http.StatusTooManyRequests:
		return say(errors.New("too many requests: try later"), "")
	}
	return say(errors.New("not expected"), "")
}

// next is the page that follows, which must be on the same host (RFC 8288).
func (c client) next(link string) (string, error) {
	for part := range strings.SplitSeq(link, ",") {
		target, params, _ := strings.Cut(part, ";")
		if !strings.Contains(strings.ReplaceAll(params, " ", ""), `rel="next"`) {
			continue
		}
		u, err := url.Parse(strings.Trim(strings.TrimSpace(target), "<>"))
		if err != nil || u.Host != c.base.Host || u.Scheme != c.base.Scheme {
			return "", errors.New("the forge names a next page on another host: refused")
		}
		return u.String(), nil
	}
	return "", nil
}

// all reads every page of a list.
func all[T any](ctx context.Context, c client, path string) (out []T, err error) {
	for range mostPages {
		var page []T
		if path, err = c.do(ctx, http.MethodGet, path, nil, &page); err != nil {
			return nil, err
		}
		if out = append(out, page...); path == "" {
			return out, nil
		}
	}
	return nil, fmt.Errorf("more than %d pages", mostPages)
}

// unwrapped is the cause without the address, which may hold what nobody should see.
func unwrapped(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
