using System.Diagnostics;
using System.Globalization;
using System.Text;
using EdgeVision.Frames;

namespace EdgeVision.Quantize;

/// <summary>Every n-th frame of a video file. Decoding is ffmpeg's, as a child process that writes PPM pictures.</summary>
internal static class VideoClip
{
    /// <exception cref="QuantizeException">No ffmpeg, no file, or ffmpeg refuses it.</exception>
    public static IEnumerable<(byte[] Pixels, FrameFormat Format)> Read(string path, int every)
    {
        if (!File.Exists(path)) throw new QuantizeException($"There is no file '{path}'; a video clip was expected. Check --calibrate.");
        using var ffmpeg = Start(path, every);
        var error = ffmpeg.StandardError.ReadToEndAsync();
        var stream = ffmpeg.StandardOutput.BaseStream;
        while (ReadSize(stream) is { } size)
        {
            var format = FrameFormat.Packed(PixelFormat.Rgb24, size.Width, size.Height);
            var pixels = new byte[format.SizeInBytes];
            if (stream.ReadAtLeast(pixels, pixels.Length, throwOnEndOfStream: false) < pixels.Length) break;   // its exit code says why
            yield return (pixels, format);
        }

        ffmpeg.WaitForExit();
        if (ffmpeg.ExitCode != 0) throw new QuantizeException($"ffmpeg cannot read '{path}' ({error.GetAwaiter().GetResult().Trim().TrimEnd('.')}). Give a clip it can.");
    }

    private static Process Start(string path, int every)
    {
        // bitexact: the same pixels whatever vector instructions this processor has.
        string[] arguments =
        [
            "-nostdin", "-loglevel", "error", "-flags", "bitexact", "-i", Path.GetFullPath(path), "-an", "-vf", $"select=not(mod(n\\,{every.ToString(CultureInfo.InvariantCulture)}))",
            "-fps_mode", "passthrough", "-sws_flags", "bitexact+accurate_rnd+full_chroma_int", "-pix_fmt", "rgb24", "-f", "image2pipe", "-c:v", "ppm", "-",
        ];
        try
        {
            return Process.Start(new ProcessStartInfo("ffmpeg", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new QuantizeException("ffmpeg is not on the PATH; it decodes the clips. Install it (apt-get install ffmpeg).", e);
        }
    }

    /// <summary>Reads "P6 width height 255" and one blank (netpbm, ppm(5)); null at the end.</summary>
    private static (int Width, int Height)? ReadSize(Stream stream)
    {
        if (ReadWord(stream) is not { Length: > 0 } magic) return null;
        var (width, height, most) = (ReadWord(stream), ReadWord(stream), ReadWord(stream));
        return magic == "P6" && most == "255"
            ? (int.Parse(width, CultureInfo.InvariantCulture), int.Parse(height, CultureInfo.InvariantCulture))
            : throw new QuantizeException($"ffmpeg wrote '{magic} {width} {height} {most}'; a PPM picture of 8 bits was expected.");
    }

    private static string ReadWord(Stream stream)
    {
        var word = new StringBuilder();
        for (int next; (next = stream.ReadByte()) > ' ';) word.Append((char)next);
        return word.ToString();
    }
}
