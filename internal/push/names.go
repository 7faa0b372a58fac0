package push

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"plumbline/internal/journal"
	"plumbline/internal/plan"
)

// Tx names a transaction: the mark that is left on devices. It is another one each time,
// for a guard takes no name twice: what was undone under it must stay told apart.
func Tx(p plan.Plan, at time.Time) string {
	repo := p.Header.Repo
	return "plb-" + repo[:min(8, len(repo))] + "-" + p.Digest()[:8] + "-" + strconv.FormatInt(at.UnixMilli(), 36)
}

// unused is a name that the journal has of no transaction yet: of two runs that begin together, or
// of one whose clock was set back.
func unused(p plan.Plan, at time.Time, had []journal.Record) string {
	for {
		tx := Tx(p, at)
		if !slices.ContainsFunc(had, func(n journal.Record) bool { return n.Tx == tx }) {
			return tx
		}
		at = at.Add(time.Millisecond)
	}
}

// mark is the name of the last trial on the device: it takes none twice.
func (r *run) mark(t *trial) string { return cmp.Or(t.mark, r.tx) }

// named names a trial of a device that is not its first one in a transaction: by its wave, and how
// many trials it had in that. No other transaction makes the name up.
func (r *run) named(wave, moves int) string {
	return r.tx + "-" + strconv.FormatInt(int64(wave), 36) + "-" + strconv.FormatInt(int64(moves), 36)
}

// rename gives the next trial of a device a name of its own: it takes none twice.
func (r *run) rename(t *trial) {
	t.moves++
	t.mark = r.named(t.Wave, t.moves)
}
