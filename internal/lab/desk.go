package lab

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// desk is one vtysh at which somebody stays: to start one takes longer than most of what is
// typed at it.
type desk struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// over is typed after the lines of a session: a remark, which no daemon sees.
const over = "! and that is all"

// Type types lines at the prompt, one after the other as a person would, and gives what was
// answered to each. It begins at the top, outside of the configuration; a word that leaves
// the prompt ends it, and what should have followed has no answer.
func (o *Oracle) Type(ctx context.Context, lines []string) ([]string, error) {
	if o.desk == nil {
		d, err := o.sit()
		if err != nil {
			return nil, fmt.Errorf("vtysh does not start: %w", err)
		}
		o.desk = d
	}
	d := o.desk
	defer context.AfterFunc(ctx, func() { d.cmd.Process.Kill() })()
	typed := strings.Join(lines, "\n") + "\n" + over + "\n"
	go io.WriteString(d.in, strings.ReplaceAll(typed, "?", "\x16?")) //nolint:errcheck // one that ended answers no more; a question mark is quoted, or it would ask for help
	var said strings.Builder
	for {
		line, err := d.out.ReadString('\n')
		if before, ok := strings.CutSuffix(line, over+"\n"); ok {
			if !strings.HasSuffix(before, oracleName+"# ") {
				o.leave() // the next one begins at the top
			}
			return answers(said.String()), nil
		}
		said.WriteString(line)
		if err != nil {
			o.leave()
			return answers(said.String()), ctx.Err()
		}
	}
}

// sit starts a vtysh.
func (o *Oracle) sit() (*desk, error) {
	d := &desk{cmd: o.enter(context.Background(), []string{"vtysh"})}
	in, err := d.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	d.in, d.out = in, bufio.NewReader(out)
	d.cmd.Stderr = d.cmd.Stdout
	return d, d.cmd.Start()
}

// leave ends the vtysh of an oracle, if there is one.
func (o *Oracle) leave() {
	if o.desk == nil {
		return
	}
	o.desk.in.Close()
	o.desk.cmd.Process.Kill()
	o.desk.cmd.Wait() //nolint:errcheck // killed: that it did not end well is what was asked for
	o.desk = nil
}

// answers cuts a session at its prompts; each is followed by the line that was typed.
func answers(session string) (out []string) {
	for line := range strings.Lines(session) {
		if rest, ok := strings.CutPrefix(line, oracleName); ok && (strings.HasPrefix(rest, "# ") || strings.HasPrefix(rest, "(config")) {
			out = append(out, "")
			continue
		}
		if len(out) > 0 {
			out[len(out)-1] += line
		}
	}
	return out
}
