using EdgeVision.Frames;
using EdgeVision.Outputs;

namespace EdgeVision.Tests.Outputs;

/// <summary>A lamp in a lamp holder: each opening gives a new owner of the same level, which is recorded with its time.</summary>
internal sealed class RecordedLine(TimeProvider time)
{
    private readonly long _beginning = time.GetTimestamp();

    /// <summary>Changes only, with the time of each in ms.</summary>
    public List<(double At, bool Level)> Changes { get; } = [];

    public bool Level { get; private set; }

    public bool IsBroken { get; set; }

    /// <summary>Whether it is somebody's now.</summary>
    public bool IsOwned { get; private set; }

    public int Opened { get; private set; }

    public IOutputLine Open()
    {
        Opened++;
        Throw();
        Assert.False(IsOwned, "A line has one owner.");
        IsOwned = true;
        return new Owner(this);
    }

    /// <summary>As <c>on@0 off@500</c>.</summary>
    public override string ToString() => string.Join(' ', Changes.Select(c => $"{(c.Level ? "on" : "off")}@{c.At:0}"));

    private void Set(bool level)
    {
        if (level == Level) return;
        Level = level;
        Changes.Add((time.GetElapsedTime(_beginning).TotalMilliseconds, level));
    }

    private void Throw()
    {
        if (IsBroken) throw new CaptureException("The chip is gone. Plug it in.");
    }

    private sealed class Owner(RecordedLine line) : IOutputLine
    {
        private bool _disposed;

        public void Write(bool active)
        {
            Assert.False(_disposed, "Nobody writes to a line that was given back.");
            line.Throw();
            line.Set(active);
        }

        /// <summary>A real line that is gone cannot be made safe, and says so; the kernel lets go of it.</summary>
        public void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            line.IsOwned = false;
            line.Set(false);
            line.Throw();
        }
    }
}
