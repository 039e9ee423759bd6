using System.Globalization;
using System.Security.Cryptography;

namespace EdgeVision.Module.Evidence;

/// <summary>Files that this user alone may read, whole or not there at all, under names that nobody guesses.</summary>
internal static class PrivateFile
{
    /// <summary>Of a file that is being written.</summary>
    public const string Unfinished = ".tmp";

    private const string TimeFormat = "yyyyMMdd'T'HHmmssfff'Z'";

    /// <summary>_20261123T053000123Z_ and 32 hex digits: what stands behind the camera's name is always as long.</summary>
    public const int TailLength = 1 + 19 + 1 + 32;

    /// <summary>A valid camera's name holds no separator. 128 random bits: who may see one picture cannot guess the others.</summary>
    public static string NameOf(string camera, DateTimeOffset capturedAt) =>
        $"{camera}_{capturedAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}_{RandomNumberGenerator.GetHexString(32, lowercase: true)}";

    /// <exception cref="IOException">It cannot be made.</exception>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Whoever looks into the folder sees whole files only; one that does not fit on the disk leaves nothing behind.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var file = new FileStream(path + Unfinished, options)) file.Write(bytes);
            File.Move(path + Unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(path + Unfinished);
            throw;
        }
    }
}
