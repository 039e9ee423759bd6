namespace EdgeVision.Capture.V4l2;

/// <summary>Name of a pixel format in four letters, the kernel's v4l2_fourcc.</summary>
/// <param name="Value">First letter in the lowest byte; the highest bit says big endian.</param>
public readonly record struct FourCc(uint Value)
{
    private const uint BigEndian = 0x8000_0000;

    public static readonly FourCc Yuyv = Of("YUYV");
    public static readonly FourCc Uyvy = Of("UYVY");
    public static readonly FourCc Nv12 = Of("NV12");
    public static readonly FourCc Nv21 = Of("NV21");
    public static readonly FourCc Yu12 = Of("YU12");
    public static readonly FourCc Grey = Of("GREY");
    public static readonly FourCc Rgb3 = Of("RGB3");
    public static readonly FourCc Bgr3 = Of("BGR3");
    public static readonly FourCc Mjpg = Of("MJPG");
    public static readonly FourCc Jpeg = Of("JPEG");

    /// <summary>NV12, NV21 and YU12 whose planes lie in buffers of their own.</summary>
    public static readonly FourCc Nm12 = Of("NM12");
    public static readonly FourCc Nm21 = Of("NM21");
    public static readonly FourCc Ym12 = Of("YM12");

    /// <summary>One to four printable letters, as written; blanks fill up.</summary>
    public static bool TryParse(string text, out FourCc code)
    {
        ArgumentNullException.ThrowIfNull(text);
        code = default;
        if (text.Length is 0 or > 4 || !text.All(static c => c is >= ' ' and <= '~')) return false;
        code = Of(text);
        return true;
    }

    /// <summary>The letters; what is no letter shows as '?', as it may come from a broken driver.</summary>
    public override string ToString()
    {
        Span<char> letters = stackalloc char[4];
        for (var i = 0; i < 4; i++)
        {
            var letter = (char)((Value & ~BigEndian) >> (8 * i) & 0xff);
            letters[i] = letter is >= ' ' and <= '~' ? letter : '?';
        }

        var name = ((ReadOnlySpan<char>)letters).TrimEnd(' ').ToString();
        return (Value & BigEndian) != 0 ? name + "-BE" : name;
    }

    private static FourCc Of(string text)
    {
        text = text.PadRight(4);
        return new FourCc(text[0] | ((uint)text[1] << 8) | ((uint)text[2] << 16) | ((uint)text[3] << 24));
    }
}
