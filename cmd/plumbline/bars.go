package main

import (
	"io"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// bar shows how far a long piece of work is, on a terminal alone: into a pipe it writes
// nothing. step moves it on by one, end takes it away.
func (e *env) bar(what string, total int) (step func(), end func()) {
	var out io.Writer
	if e.bars {
		out = e.err
	}
	p := mpb.New(mpb.WithOutput(out), mpb.WithAutoRefresh())
	b := p.AddBar(int64(total),
		mpb.PrependDecorators(decor.Name(what+" ")),
		mpb.AppendDecorators(decor.CountersNoUnit("%d/%d")),
		mpb.BarRemoveOnComplete())
	return b.Increment, func() {
		b.Abort(true)
		p.Wait()
	}
}
