package processor

import (
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
)

// disk is a prometheus.Collector of the state directory's size and the free space of
// its disk, so that an alert can come before a full disk ends the process. It reads the
// file sizes at every scrape, which is cheap: a store has some hundred files.
type disk struct {
	dir               string
	state, free, size *prometheus.Desc
}

// registerDisk registers the metrics of a state directory; a nil reg disables them.
func registerDisk(reg prometheus.Registerer, dir string) {
	if reg == nil {
		return
	}
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("tributary_processor_"+name, help, nil, nil)
	}
	reg.MustRegister(&disk{
		dir:   dir,
		state: desc("state_bytes", "Bytes of the files in the state directory."),
		free:  desc("state_disk_free_bytes", "Bytes that the disk of the state directory still takes from this process."),
		size:  desc("state_disk_size_bytes", "Bytes that the disk of the state directory holds in all."),
	})
}

// Describe implements prometheus.Collector.
func (d *disk) Describe(out chan<- *prometheus.Desc) {
	out <- d.state
	out <- d.free
	out <- d.size
}

// Collect implements prometheus.Collector. It leaves out a metric whose value cannot be
// read.
func (d *disk) Collect(out chan<- prometheus.Metric) {
	if n, err := bytesOf(d.dir); err == nil {
		out <- prometheus.MustNewConstMetric(d.state, prometheus.GaugeValue, float64(n))
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &stat); err != nil {
		return
	}
	block := float64(stat.Bsize)
	out <- prometheus.MustNewConstMetric(d.free, prometheus.GaugeValue, float64(stat.Bavail)*block)
	out <- prometheus.MustNewConstMetric(d.size, prometheus.GaugeValue, float64(stat.Blocks)*block)
}

// bytesOf returns the size of all files in a directory. It skips files that are deleted
// meanwhile, which a store does all the time.
func bytesOf(dir string) (n int64, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && path != dir:
			return nil
		case err != nil:
			return err
		case !entry.Type().IsRegular():
			return nil
		}
		info, err := entry.Info()
		if err == nil {
			n += info.Size()
		}
		return ignoreGone(err)
	})
	return n, err
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
