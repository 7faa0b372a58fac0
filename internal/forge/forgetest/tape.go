package forgetest

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
)

// Tape is a forge that gives the answers it was recorded with, and nothing else: those of a
// real server, or the shapes of its documents.
type Tape struct {
	Cites   string            `json:"cites"`            // where the answers are from
	Commit  string            `json:"commit"`           // of the branch, that is asked about
	Team    string            `json:"team,omitempty"`   // whose members approve; "": people by name
	Number  int64             `json:"number,omitempty"` // that policy knows it by
	Answers map[string]Answer `json:"answers"`          // by path and query
	Request json.RawMessage   `json:"request"`          // what is read out of them; null: none
	Weak    json.RawMessage   `json:"weak"`
	Refused []string          `json:"refused"` // by which rules, where all else is well; none: it passes

	token [2]string
	Asked map[string]bool `json:"-"`
}

// Answer is one answer.
type Answer struct {
	Status int    `json:"status"`
	Next   string `json:"next,omitempty"` // path and query of the page that follows
	Body   any    `json:"body,omitempty"`
}

// ReadTape reads a file of testdata/evidence, whose name begins with the forge.
func ReadTape(file, token string) (*Tape, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	t := &Tape{Asked: map[string]bool{}, token: tokens(strings.Split(file[strings.LastIndex(file, "/")+1:], "-")[0], token)}
	return t, json.Unmarshal(text, t)
}

// ServeHTTP answers.
func (t *Tape) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := strings.TrimPrefix(r.URL.RequestURI(), "/api")
	t.Asked[at] = true
	a, known := t.Answers[at]
	switch {
	case r.Header.Get(t.token[0]) != t.token[1]:
		w.WriteHeader(http.StatusUnauthorized)
	case r.Method != http.MethodGet:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case !known:
		w.WriteHeader(http.StatusTeapot) // nobody recorded it
	default:
		if a.Next != "" {
			w.Header().Set("Link", "<http://"+r.Host+"/api"+a.Next+`>; rel="next"`)
		}
		w.WriteHeader(a.Status)
		json.NewEncoder(w).Encode(a.Body)
	}
}
