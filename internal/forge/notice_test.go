package forge

import "testing"

// TestNotice holds the law: news are told once, what is known is edited in place, what is over
// is closed, and what somebody closed by hand stays closed until there is news.
func TestNotice(t *testing.T) {
	for _, kind := range Kinds() {
		t.Run(kind, func(t *testing.T) {
			f, forge := begin(t, kind)
			say := func(n Notice, want, issues, notes int) int {
				t.Helper()
				n.Title = "drift"
				got, err := forge.Notice(t.Context(), n)
				if err != nil || got != want || len(f.Issues) != issues || len(f.Notes) != notes {
					t.Errorf("%+v: %v; issue %d, want %d; %d issues, want %d; %d notes, want %d", n, err, got, want, len(f.Issues), issues, len(f.Notes), notes)
				}
				return got
			}
			say(Notice{Body: "nothing"}, 0, 0, 0)
			no := say(Notice{Body: "r1", News: "r1"}, 1, 1, 0)
			no = say(Notice{Number: no, Body: "r1, read again"}, 1, 1, 0)
			no = say(Notice{Number: no, Body: "r1, r2", News: "r2"}, 1, 1, 1)
			if f.Issues[0].Body != "r1, r2" || f.Issues[0].Closed {
				t.Errorf("it says %+v", f.Issues[0])
			}
			no = say(Notice{Number: no, Body: "none", Over: true}, 0, 1, 1)
			if !f.Issues[0].Closed {
				t.Error("it is over, and still open")
			}
			no = say(Notice{Number: no, Body: "r3", News: "r3"}, 2, 2, 1)
			f.Issues[1].Closed = true // by hand
			no = say(Notice{Number: no, Body: "r3"}, 0, 2, 1)
			no = say(Notice{Number: no, Body: "r3, r4", News: "r4"}, 3, 3, 1)
			say(Notice{Number: 99, Body: "r5", News: "r5"}, 4, 4, 1) // it was deleted
			_ = no
		})
	}
}
