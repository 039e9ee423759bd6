using System.ComponentModel;
using System.Diagnostics;
using EdgeVision.Capture.Ffmpeg;

namespace EdgeVision.IntegrationTests.Capture.Ffmpeg;

/// <summary>The ffmpeg of this machine, as a maker of clips; without it a test says so and is skipped.</summary>
internal static class FfmpegTool
{
    public static FfmpegProgram Program
    {
        get
        {
            Require();
            return FfmpegProgram.Find(Environment.GetEnvironmentVariable);
        }
    }

    public static void Require()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("ffmpeg is run as on Linux.");
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ffmpeg", "-version") { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
        }
        catch (Win32Exception)
        {
            Assert.Skip("ffmpeg is not installed (apt-get install ffmpeg).");
        }
    }

    /// <summary>Makes a clip.</summary>
    /// <param name="path">Its name says its container.</param>
    /// <param name="arguments">Between the program's name and the file's.</param>
    public static string Make(string path, params string[] arguments)
    {
        Require();
        Mqtt.ChildProcess.Run("ffmpeg", ["-hide_banner", "-nostdin", "-loglevel", "error", "-y", .. arguments, path]);
        return path;
    }

    /// <summary>Grey pictures, frame N of luma 16 + 8 N, without loss, 10 frames a second.</summary>
    public static string MakeCounter(string path, int frames = 12, int width = 64, int height = 48, string filter = "", params string[] encoder) =>
        Make(path, ["-f", "lavfi", "-i", $"nullsrc=s={width}x{height}:r=10,geq=lum='16+N*8':cb=128:cr=128,format=yuv420p{filter}", "-frames:v", $"{frames}", .. encoder.Length > 0 ? encoder : ["-c:v", "ffv1"]]);

    /// <summary>More frames than a pipe holds, made fast.</summary>
    public static string MakeLarge(string path) => Make(path, "-f", "lavfi", "-i", "testsrc=s=640x480:r=10", "-frames:v", "60", "-c:v", "mpeg4");

    /// <summary>Waits until a process is gone, or only waits for its parent to notice.</summary>
    public static async Task GoneAsync(int processId)
    {
        var patience = Stopwatch.StartNew();
        while (IsAlive(processId))
        {
            if (patience.Elapsed > TimeSpan.FromSeconds(20)) throw new TimeoutException($"Process {processId} lives on: {File.ReadAllText($"/proc/{processId}/cmdline").Replace('\0', ' ')}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public static bool IsAlive(int processId)
    {
        try
        {
            // "1234 (ffmpeg) S …": the state stands behind the last bracket.
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[stat.LastIndexOf(')')..].Substring(2, 1) is not ("Z" or "X");
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Programs of this name that a process started.</summary>
    public static IReadOnlyList<int> ChildrenOf(int parent, string name) =>
        [.. Directory.EnumerateDirectories("/proc").Select(static folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0).Where(id => id > 0 && IsChild(id, parent, name))];

    private static bool IsChild(int processId, int parent, string name)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat.Contains($"({name})", StringComparison.Ordinal) && stat[(stat.LastIndexOf(')') + 4)..].StartsWith($"{parent} ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
