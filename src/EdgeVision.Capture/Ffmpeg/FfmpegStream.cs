using System.Diagnostics.CodeAnalysis;
using EdgeVision.Capture.Ffmpeg.Nut;
using EdgeVision.Frames;

namespace EdgeVision.Capture.Ffmpeg;

/// <summary>One run of ffmpeg, from its start to the end of its pipe: pictures of one size and their times.</summary>
internal sealed class FfmpegStream : IDisposable
{
    /// <summary>Both came through pipes: the words before the frame, though we may read them later.</summary>
    private const int WaitForColoursMs = 1000;

    private static readonly TimeSpan WaitForExit = TimeSpan.FromSeconds(1);

    private readonly FfmpegRequest _request;
    private readonly FramePool _pool;
    private readonly FfmpegChild _child;
    private readonly FfmpegWords _words = new();
    private readonly FfmpegPipe _pipe;
    private readonly NutReader _nut;
    private readonly string? _password;
    private FrameFormat _format;

    /// <exception cref="CaptureException">It cannot be started.</exception>
    public FfmpegStream(FfmpegRequest request, FfmpegProgram program, FramePool pool, TimeProvider time)
    {
        (_request, _pool) = (request, pool);
        _password = request.Login.Find();
        _child = FfmpegChild.Start(program, FfmpegCommand.For(request, _password));
        _pipe = new FfmpegPipe(_child.Output, _child.Errors, _words, time);
        _nut = new NutReader(_pipe);
    }

    /// <summary>Of the operating system.</summary>
    public int ProcessId => _child.Id;

    /// <summary>Frames read so far.</summary>
    public long Frames { get; private set; }

    /// <summary>False at a clean end.</summary>
    /// <param name="format">Of the pixels.</param>
    /// <param name="at">On the stream's own clock.</param>
    /// <param name="pixels">The caller's to return.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <exception cref="CaptureException">ffmpeg failed, or gave nothing for too long.</exception>
    public bool TryRead(out FrameFormat format, out TimeSpan at, [NotNullWhen(true)] out FrameBuffer? pixels, CancellationToken stopping)
    {
        (format, at, pixels) = (default, default, null);
        _pipe.Begin(_request.Options.Stall, stopping);
        try
        {
            if (!_nut.TryReadFrame(out var frame)) return EndedWell();
            Expect(frame.Length);
            var buffer = _pool.Rent(frame.Length);
            try
            {
                _nut.ReadData(buffer.Memory.Span[..frame.Length]);
                _pipe.Listen();
                CheckUnchanged();
            }
            catch
            {
                buffer.Return();
                throw;
            }

            Frames++;
            (format, at, pixels) = (_format, frame.Time, buffer);
            return true;
        }
        catch (TimeoutException e)
        {
            throw new CaptureException(Stalled(), e);
        }
        catch (Exception e) when (e is EndOfStreamException or IOException)
        {
            throw new CaptureException(Explain(), e);
        }
        catch (InvalidDataException e)
        {
            throw new CaptureException($"'{_request}': what ffmpeg sent is no NUT of raw video ({e.Message}); install ffmpeg 5.1 or later (apt-get install ffmpeg).", e);
        }
    }

    public void Dispose() => _child.Dispose();

    /// <summary>The first frame's format, or the mistake of a later one.</summary>
    private void Expect(int length)
    {
        var stream = _nut.Stream;
        if (Frames == 0) _format = FirstFormat(stream);
        else CheckUnchanged();
        if (_format.SizeInBytes == length && (stream.Width, stream.Height) == (_format.Width, _format.Height)) return;
        if (Frames == 0) throw new InvalidDataException($"a frame of {stream.Width} × {stream.Height} has {length} bytes, {_format.SizeInBytes} were expected");
        throw new CaptureException(Changed($"a picture of {length} bytes"));
    }

    private FrameFormat FirstFormat(in NutStream stream)
    {
        var pixels = RawPixels.Of(stream.FourCc) ?? throw new InvalidDataException($"the pixel format {stream.FourCc:X8} was not asked for");
        while (_words.Colours is null && _pipe.ListenFor(WaitForColoursMs))
        {
            // Until it has told them: they come before the first frame.
        }

        return FrameFormat.Packed(pixels, stream.Width, stream.Height, _words.Colours ?? YuvEncoding.Bt601Limited);
    }

    /// <summary>Of a live stream; a recording that changes is scaled to what it was by ffmpeg.</summary>
    private void CheckUnchanged()
    {
        if (_request.Options.Live && _words.ChangedTo is { } now) throw new CaptureException(Changed(now));
    }

    private string Changed(string now) =>
        $"'{_request}' changed from {_words.Decoded ?? $"{_format.Width}x{_format.Height}"} to {now} while it ran; it is opened again as it is now: check zones and lines if somebody set the camera to another shape.";

    private bool EndedWell()
    {
        var code = _child.ExitCode(WaitForExit);
        Listen();
        if (code is not 0) throw new CaptureException(Explain(code));
        if (Frames == 0) throw new CaptureException($"'{_request}' holds no picture, a video was expected; check that ffprobe can read it.");
        return false;
    }

    private string Stalled()
    {
        Listen();
        var last = _words.Complaints.LastOrDefault();
        var said = last is null ? "" : $" (ffmpeg said '{FfmpegComplaint.Mask(last, _password)}')";
        var seconds = _request.Options.Stall.TotalSeconds;
        var what = Frames == 0 ? "gave no picture" : "stopped giving pictures";
        return _request.Address is { } address
            ? FormattableString.Invariant($"'{_request}' {what} for {seconds} s{said}; check camera and network at {address.Host}, or raise #stall= for a slow one.")
            : FormattableString.Invariant($"'{_request}' {what} for {seconds} s{said}; check the disk it lies on.");
    }

    private string Explain() => Explain(_child.ExitCode(WaitForExit));

    private string Explain(int? code)
    {
        Listen();
        return FfmpegComplaint.Explain(_request, _words.Complaints, code, _password);
    }

    private void Listen() => _pipe.Listen();
}
