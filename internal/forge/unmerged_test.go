package forge

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUnmerged holds that open requests for the branch are given, whole, from every page.
func TestUnmerged(t *testing.T) {
	a, b := strings.Repeat("a", 40), strings.Repeat("b", 40)
	hubs := [2]string{
		`[{"number":1,"base":{"ref":"main"},"head":{"sha":"` + a + `"}},{"number":2,"base":{"ref":"stage"},"head":{"sha":"` + b + `"}}]`,
		`[{"number":3,"base":{"ref":"main"},"head":{"sha":"` + b + `"}}]`,
	}
	labs := [2]string{
		`[{"iid":1,"target_branch":"main","sha":"` + a + `"},{"iid":2,"target_branch":"main","sha":null}]`,
		`[{"iid":3,"target_branch":"main","sha":"` + b + `"}]`,
	}
	for kind, c := range map[string]struct {
		pages [2]string
		path  string
	}{
		"github": {hubs, "/repos/group/net/pulls"}, "gitea": {hubs, "/repos/group/net/pulls"}, "gitlab": {labs, "/projects/group%2Fnet/merge_requests"},
	} {
		spoil := ""
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			if r.URL.EscapedPath() != c.path || q.Get("state") != map[string]string{"gitlab": "opened"}[kind]+map[bool]string{true: "open"}[kind != "gitlab"] {
				t.Errorf("%s: asked for %s", kind, r.URL)
			}
			switch q.Get("page") {
			case "2":
				fmt.Fprint(w, c.pages[1])
			case "3":
				fmt.Fprint(w, "[]")
			default:
				w.Header().Set("Link", fmt.Sprintf(`<http://%s%s&page=2>; rel="next"`, r.Host, r.URL.RequestURI()))
				fmt.Fprint(w, strings.Replace(c.pages[0], spoil, "x", min(len(spoil), 1)))
			}
		}))
		defer srv.Close()
		f, err := Open(kind, srv.URL, "group/net", "t0ken")
		if err != nil {
			t.Fatal(err)
		}
		have, err := f.Unmerged(t.Context(), "main")
		if diff := cmp.Diff([]Unmerged{{1, a}, {3, b}}, have); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", kind, err, diff)
		}
		for _, spoil = range []string{`"sha"`, "aaaa", "number", "iid"} {
			if !strings.Contains(c.pages[0], spoil) {
				continue
			}
			if have, err := f.Unmerged(t.Context(), "main"); err == nil && (kind != "gitlab" || spoil != `"sha"`) {
				t.Errorf("%s without %s: %v", kind, spoil, have)
			}
		}
	}
}
