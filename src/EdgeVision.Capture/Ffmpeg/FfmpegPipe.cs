using EdgeVision.Capture.Ffmpeg.Nut;
using EdgeVision.Capture.Kernel;
using Microsoft.Win32.SafeHandles;

namespace EdgeVision.Capture.Ffmpeg;

/// <summary>
/// The child's standard output. Waits for it with a deadline, and listens to what the child says meanwhile: one that nobody listens to stops
/// when its pipe is full.
/// </summary>
internal sealed class FfmpegPipe(SafeFileHandle output, SafeFileHandle errors, FfmpegWords words, TimeProvider time) : NutInput
{
    /// <summary>How late a stop may be noticed; only while nothing comes.</summary>
    private const int SliceMs = 100;

    private readonly byte[] _said = new byte[8192];
    private long _start;
    private TimeSpan _patience;
    private CancellationToken _stopping;

    /// <summary>From now on, one frame may take this long.</summary>
    public void Begin(TimeSpan patience, CancellationToken stopping) => (_start, _patience, _stopping) = (time.GetTimestamp(), patience, stopping);

    /// <summary>Takes in what the child has said so far.</summary>
    public void Listen()
    {
        // Bounded: a child that talks faster than we listen must not keep us from its frames.
        for (var i = 0; i < 64; i++)
        {
            if (Libc.Poll(errors, PollEvents.In, 0, out _) != Errno.None) return;
            if (Libc.Read(errors, _said, out var length) != Errno.None || length == 0) return;
            words.Add(_said.AsSpan(0, length));
        }
    }

    /// <summary>Waits until the child has said something more; false after <paramref name="milliseconds"/>, and when it says no more.</summary>
    public bool ListenFor(int milliseconds)
    {
        if (Libc.Poll(errors, PollEvents.In, milliseconds, out var happened) != Errno.None || (happened & PollEvents.In) == 0) return false;
        Listen();
        return true;
    }

    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop.</exception>
    protected override int Read(Span<byte> into)
    {
        while (true)
        {
            _stopping.ThrowIfCancellationRequested();
            var left = _patience - time.GetElapsedTime(_start);
            if (left <= TimeSpan.Zero) throw new TimeoutException();
            var error = Libc.Poll(output, PollEvents.In, (int)Math.Clamp(left.TotalMilliseconds, 1, SliceMs), out _);
            if (error is Errno.ETIMEDOUT or Errno.EINTR) Listen();
            else if (error != Errno.None) throw new IOException($"poll failed ({error})");
            else if ((error = Libc.Read(output, into, out var length)) != Errno.None) throw new IOException($"read failed ({error})");
            else return length;
        }
    }
}
