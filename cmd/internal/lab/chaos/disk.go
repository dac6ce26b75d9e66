package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// disk is a small file system for a state directory that can be filled up: a tmpfs. As
// root, it is mounted here; otherwise the process that uses it mounts it in a user
// namespace of its own, where it disappears with the process.
type disk struct {
	dir     string
	mounted bool
}

// diskSize is enough for the state of a run, and small enough to fill quickly.
const diskSize = "64m"

const filler = "filler"

func newDisk(ctx context.Context, dir string) (*disk, error) {
	d := &disk{dir: dir}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make a small disk: %w", err)
	}
	if os.Geteuid() == 0 {
		err := exec.CommandContext(ctx, "mount", "-t", "tmpfs", "-o", "size="+diskSize, "tmpfs", dir).Run() //nolint:gosec // a folder of ours
		if d.mounted = err == nil; d.mounted {
			return d, nil
		}
	}
	name, args := d.wrap("true", nil)
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil { //nolint:gosec // our own words
		return nil, fmt.Errorf("a small disk needs root or user namespaces (unshare --user --mount): %w: %s", err, out)
	}
	return d, nil
}

func (d *disk) String() string {
	if d.mounted {
		return "a tmpfs of " + diskSize
	}
	return "a tmpfs of " + diskSize + " in a user namespace"
}

// wrap returns the command that runs a program with the disk mounted.
func (d *disk) wrap(program string, args []string) (name string, wrapped []string) {
	if d.mounted {
		return program, args
	}
	// exec keeps the process id, so that signals reach the program itself.
	script := `mount -t tmpfs -o size=` + diskSize + ` tmpfs "$0" && exec "$@"`
	return "unshare", append([]string{"--user", "--map-root-user", "--mount", "sh", "-c", script, d.dir, program}, args...)
}

// fill fills the disk that a process uses to the last byte.
func (d *disk) fill(p *process) (err error) {
	dir := d.dir
	if !d.mounted {
		dir = fmt.Sprintf("/proc/%d/root%s", p.cmd.Process.Pid, dir)
	}
	file, err := os.Create(filepath.Join(dir, filler)) //nolint:gosec // a folder of ours
	if err != nil {
		return fmt.Errorf("fill the disk: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	for _, size := range []int{1 << 20, 4 << 10, 1} {
		block := make([]byte, size)
		for {
			if _, err := file.Write(block); errors.Is(err, syscall.ENOSPC) {
				break
			} else if err != nil {
				return fmt.Errorf("fill the disk: %w", err)
			}
		}
	}
	return nil
}

// free deletes the file that fills the disk.
func (d *disk) free() error {
	if err := os.Remove(filepath.Join(d.dir, filler)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("free the disk: %w", err)
	}
	return nil
}

func (d *disk) close() error {
	if !d.mounted {
		return nil
	}
	d.mounted = false
	if out, err := exec.Command("umount", "--lazy", d.dir).CombinedOutput(); err != nil { //nolint:gosec,noctx // at the end, whatever came
		return fmt.Errorf("unmount %s: %w: %s", d.dir, err, out)
	}
	return nil
}
