using System.Diagnostics;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>A real file system of a few megabytes, to be filled: tmpfs, which only root may mount.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    public static async Task<SmallDisk> MountAsync(string path, int megabytes)
    {
        var (code, said) = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path);
        if (code != 0) Assert.Skip($"This user may not mount a tmpfs ({said.Trim()}); run the tests as root to fill a real disk.");
        return new SmallDisk(path);
    }

    /// <summary>To the last byte.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(System.IO.Path.Combine(Path, "ballast"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var block = 65_536; block > 0; block /= 2)
        {
            try
            {
                while (true) ballast.Write(new byte[block]);
            }
            catch (IOException)
            {
                // No room for a block of this size: try a smaller one.
            }
        }
    }

    public void Free() => File.Delete(System.IO.Path.Combine(Path, "ballast"));

    public async ValueTask DisposeAsync() => await RunAsync("umount", "-l", Path);

    private static async Task<(int Code, string Said)> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }
}
