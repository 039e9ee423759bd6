using EdgeVision.Frames;
using EdgeVision.Inference;

namespace EdgeVision.Motion;

/// <summary>
/// Says which frames of a camera are worth a detector: those in which something moves, some time after it, and one now and then. Asked for every frame, in
/// order, once it is decoded and masked: it learns from those that it refuses, too. Allocates nothing while the format stays. One thread.
/// </summary>
public sealed class MotionGate
{
    private readonly MotionOptions _options;
    private readonly TimeProvider _time;
    private readonly LumaGrid _grid;
    private readonly MotionBackground _background;
    private long? _seenAt;
    private long _movedAt;
    private long _lookedAt;

    /// <param name="options">What counts as motion; <see cref="MotionOptions.Enabled"/> is the caller's to read.</param>
    /// <param name="time">The clock that frame timestamps belong to.</param>
    public MotionGate(MotionOptions options, TimeProvider time)
        : this(options, time, VectorWidth.Bits256)
    {
    }

    internal MotionGate(MotionOptions options, TimeProvider time, VectorWidth widest)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_options, _time) = (options, time);
        (_grid, _background) = (new LumaGrid(widest), new MotionBackground((float)options.Threshold, widest));
    }

    /// <summary>Share of the picture that differed in the last frame, 0..1: what <see cref="MotionOptions.MinArea"/> is held against. 1 when there was nothing to compare with.</summary>
    public double Changed { get; private set; }

    /// <summary>True when the frame should go through the detector. A frame that cannot be read (still compressed) always does: to refuse it is the detector's.</summary>
    public bool Wants(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var at = frame.Timestamp;
        if (!_grid.TryRead(frame.Pixels, frame.Format, out var isNew)) return true;
        Changed = Compare(isNew, at);
        _seenAt = at;
        if (Changed >= _options.MinArea) _movedAt = at;
        if (_time.GetElapsedTime(_movedAt, at) > _options.Hold && _time.GetElapsedTime(_lookedAt, at) < _options.MaxIdle) return false;
        _lookedAt = at;
        return true;
    }

    private double Compare(bool isNew, long at)
    {
        if (isNew || _seenAt is not { } before)
        {
            _background.Restart(_grid.Cells);
            return 1;
        }

        // A camera whose stamps step back has lost its clock, not its picture.
        return _background.Compare(_grid.Cells, at > before ? _time.GetElapsedTime(before, at) : TimeSpan.Zero);
    }
}
