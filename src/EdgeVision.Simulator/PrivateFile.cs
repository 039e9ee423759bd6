namespace EdgeVision.Simulator;

/// <summary>Replaces files whole: a reader sees the old or the new one.</summary>
internal static class PrivateFile
{
    public static void Write(string path, string text, UnixFileMode mode)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using (var file = new StreamWriter(temporary, options)) file.Write(text);
        File.Move(temporary, path, overwrite: true);
    }
}
