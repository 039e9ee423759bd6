using System.Text;
using EdgeVision.Frames;

namespace EdgeVision.Capture.Ffmpeg;

/// <summary>
/// What ffmpeg writes on its standard error, taken in line by line: the last complaints, the colours of what it gives us (NUT has no place for
/// them), and the sizes of what it decodes (a raw stream cannot say that they change). Bounded, whatever comes; nothing of it is shown unmasked.
/// </summary>
internal sealed class FfmpegWords
{
    private const int MaxLineBytes = 1000, MaxComplaints = 12;

    private readonly byte[] _line = new byte[MaxLineBytes];
    private readonly Queue<string> _complaints = new(MaxComplaints);
    private int _length;
    private bool _inOutput;

    /// <summary>The last lines of warnings and errors, oldest first, without the part that says who speaks.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Of the frames that come; null until ffmpeg has said so.</summary>
    public YuvEncoding? Colours { get; private set; }

    /// <summary>What the decoder gives, "640x480 yuv420p"; null before it began.</summary>
    public string? Decoded { get; private set; }

    /// <summary>Another than <see cref="Decoded"/> that came later; null as long as there is none.</summary>
    public string? ChangedTo { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            var part = end < 0 ? bytes : bytes[..end];
            // Of a line that is too long the beginning says it.
            var fits = Math.Min(part.Length, MaxLineBytes - _length);
            part[..fits].CopyTo(_line.AsSpan(_length));
            _length += fits;
            if (end < 0) return;
            bytes = bytes[(end + 1)..];
            if (_length > 0) Take(Encoding.UTF8.GetString(_line, 0, _length));
            _length = 0;
        }
    }

    private void Take(string line)
    {
        if (line.Contains("[verbose] w:", StringComparison.Ordinal) && line.Contains("input from stream", StringComparison.Ordinal)) TakeInput(line);
        else if (Behind(line, "[info] ") is { } info) TakeInfo(info);
        else if (!line.Contains("[verbose]", StringComparison.Ordinal)) TakeComplaint(line);
    }

    /// <summary><c>[graph 0 input from stream 0:0 @ 0x…] [verbose] w:320 h:240 pixfmt:yuv420p tb:1/90000 …</c>, once for each time the filters begin.</summary>
    private void TakeInput(string line)
    {
        var (width, height, pixels) = (Field(line, " w:"), Field(line, " h:"), Field(line, " pixfmt:"));
        var now = $"{width}x{height} {pixels}";
        if (Decoded is null) Decoded = now;
        else if (now != Decoded) ChangedTo ??= now;
    }

    /// <summary><c>Stream #0:0: Video: rawvideo (I420 / 0x30323449), yuv420p(tv, bt709, progressive), 768x576, …</c> below <c>Output #0</c>.</summary>
    private void TakeInfo(string info)
    {
        if (info.StartsWith("Output #", StringComparison.Ordinal)) _inOutput = true;
        else if (info.StartsWith("Input #", StringComparison.Ordinal)) _inOutput = false;
        else if (_inOutput && Behind(info, "Video: rawvideo") is { } video) Colours = ColoursOf(video);
    }

    private void TakeComplaint(string line)
    {
        // "[rtsp @ 0x55b6a40f5540] [error] method DESCRIBE failed: 401 Unauthorized"
        foreach (var level in (ReadOnlySpan<string>)["[warning] ", "[error] ", "[fatal] ", "[panic] "])
        {
            if (Behind(line, level) is { } text)
            {
                line = text;
                break;
            }
        }

        if (_complaints.Count == MaxComplaints) _complaints.Dequeue();
        _complaints.Enqueue(line);
    }

    /// <summary>What says nothing is taken for BT.601 with limited range, as everywhere (<see cref="YuvEncoding.Bt601Limited"/>).</summary>
    private static YuvEncoding ColoursOf(string video)
    {
        var open = video.IndexOf("), ", StringComparison.Ordinal);
        var format = open < 0 ? video : video[(open + 3)..];
        var close = format.IndexOf(')', StringComparison.Ordinal);
        if (close >= 0) format = format[..close];
        var isFull = format.StartsWith("yuvj", StringComparison.Ordinal) || format.Contains("(pc", StringComparison.Ordinal);
        // The matrix comes first where it differs from primaries and transfer: "bt709/unknown/unknown". BT.2020's is nearer to BT.709's.
        var isHd = format.Split('(', ',').Select(static word => word.Trim()).Any(static word => word.StartsWith("bt709", StringComparison.Ordinal) || word.StartsWith("bt2020", StringComparison.Ordinal));
        return (isHd, isFull) switch
        {
            (false, false) => YuvEncoding.Bt601Limited,
            (false, true) => YuvEncoding.Bt601Full,
            (true, false) => YuvEncoding.Bt709Limited,
            (true, true) => YuvEncoding.Bt709Full,
        };
    }

    private static string Field(string line, string key)
    {
        if (Behind(line, key) is not { } text) return "?";
        var end = text.IndexOf(' ', StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }

    private static string? Behind(string text, string mark)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? null : text[(at + mark.Length)..].TrimStart();
    }
}
