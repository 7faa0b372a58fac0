package drift

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"
)

// Seen is since when devices are as they are found, by their names: what a run hands to the
// next one, so that nobody is told the same twice.
type Seen map[string]Since

// Since is one drift and when it was found first.
type Since struct {
	Mark  string    `json:"mark"` // which drift it is
	First time.Time `json:"first"`
}

// Update compares findings with what was seen before. It gives what the next run is to know,
// and the devices whose drift is new: another one than before, or none before. A device that
// was not read is neither.
func (s Seen) Update(fs []Finding, now time.Time) (next Seen, fresh []string) {
	next = Seen{}
	for _, f := range fs {
		before, known := s[f.Device]
		switch {
		case f.Class == Unreachable && known:
			next[f.Device] = before
		case f.Class != Drift && f.Class != Unmanaged:
		case known && before.Mark == f.mark():
			next[f.Device] = before
		default:
			next[f.Device] = Since{f.mark(), now.UTC().Truncate(time.Second)}
			fresh = append(fresh, f.Device)
		}
	}
	return next, fresh
}

// mark names a drift by what is told of it: no secret is in that.
func (f Finding) mark() string {
	h := sha256.New()
	for _, it := range f.Items {
		fmt.Fprintf(h, "%q %q %q %q\n", it.Kind, it.Path, it.Was, it.Is)
	}
	fmt.Fprintf(h, "%d", f.Coverage.Unmanaged)
	for _, line := range f.Coverage.Foreign {
		_, _ = io.WriteString(h, "\n"+line)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
