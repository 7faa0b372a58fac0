package netconf

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// errFrame is a message whose frame is not one of RFC 6242: what follows cannot be told apart.
var errFrame = errors.New("the frame of a message is broken")

// mark ends a message of base 1.0 (RFC 6242, 4.3).
const mark = "]]>]]>"

func marked(body string) string { return body + mark }

// chunk is a message of base 1.1 in one piece (RFC 6242, 4.2).
func chunk(body string) string { return fmt.Sprintf("\n#%d\n%s\n##\n", len(body), body) }

// untilMark reads one message of base 1.0, of so many bytes at most.
func untilMark(r *bufio.Reader, most int) ([]byte, error) {
	var out []byte
	for {
		part, err := r.ReadSlice('>')
		if out = append(out, part...); len(out) > most {
			return nil, fmt.Errorf("%w: it is longer than %d bytes", errFrame, most)
		}
		if body, ends := bytes.CutSuffix(out, []byte(mark)); ends {
			return body, nil
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
	}
}

// chunks reads one message of base 1.1, of so many bytes at most.
func chunks(r *bufio.Reader, most int) ([]byte, error) {
	var out bytes.Buffer
	for {
		n, err := chunkHead(r)
		switch {
		case err != nil:
			return nil, err
		case n == 0 && out.Len() == 0:
			return nil, fmt.Errorf("%w: it is empty", errFrame)
		case n == 0:
			return out.Bytes(), nil
		case n > most-out.Len():
			return nil, fmt.Errorf("%w: it is longer than %d bytes", errFrame, most)
		}
		if _, err := io.CopyN(&out, r, int64(n)); err != nil {
			return nil, err
		}
	}
}

// chunkHead reads "\n#LENGTH\n", or "\n##\n", which is 0.
func chunkHead(r *bufio.Reader) (int, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, err
	}
	var digits []byte
	for string(head[:]) == "\n#" {
		c, err := r.ReadByte()
		switch {
		case err != nil:
			return 0, err
		case c == '#' && len(digits) == 0:
			if c, err = r.ReadByte(); err == nil && c != '\n' {
				err = errFrame
			}
			return 0, err
		case c >= '0' && c <= '9' && len(digits) < 10 && (c != '0' || len(digits) > 0):
			digits = append(digits, c)
			continue
		case c == '\n' && len(digits) > 0:
			n, err := strconv.ParseUint(string(digits), 10, 32)
			if err != nil {
				return 0, errFrame
			}
			return int(n), nil
		}
		break
	}
	return 0, errFrame
}
