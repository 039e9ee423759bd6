using System.Diagnostics;
using System.Text.RegularExpressions;
using EdgeVision.IntegrationTests.Mqtt;
using EdgeVision.Simulator;

namespace EdgeVision.IntegrationTests.Simulator;

/// <summary>The executable.</summary>
public sealed class SimulatorProcessTests
{
    private static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "EdgeVision.Module");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_simulator_starts_again_on_its_folder_with_the_same_keys()
    {
        using var folder = new TempFolder();
        var before = await ServeAsync(folder, kill: true);
        Assert.True(File.Exists(folder.PathOf("workload.sock")), "A kill leaves the socket behind.");

        var after = await ServeAsync(folder, kill: false);

        Assert.Equal(before, after);
        Assert.Contains($"export IOTEDGE_WORKLOADURI='unix://{folder.PathOf("workload.sock")}'", File.ReadAllText(folder.PathOf("env")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "Usage:", "--help")]
    [InlineData(2, "is not a number from 0 to 65535", "--port", "many")]
    [InlineData(1, "must be http on loopback", "--port", "0", "--control", "http://192.0.2.1:80")]
    public async Task It_says_what_is_wrong(int code, string sentence, params string[] arguments)
    {
        using var folder = new TempFolder();
        using var process = Start(["--dir", folder.Path, .. arguments]);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Stop), process.StandardError.ReadToEndAsync(Stop));
        await process.WaitForExitAsync(Stop).WaitAsync(Simulated.Patience, Stop);

        Assert.Contains(sentence, await output + await errors, StringComparison.Ordinal);
        Assert.Equal(code, process.ExitCode);
    }

    /// <summary>Starts it, asks for the key, ends it.</summary>
    private static async Task<string> ServeAsync(TempFolder folder, bool kill)
    {
        using var process = Start(["--dir", folder.Path, "--port", "0", "--control", "http://127.0.0.1:0"]);
        try
        {
            string? line;
            do line = await process.StandardOutput.ReadLineAsync(Stop).AsTask().WaitAsync(Simulated.Patience, Stop);
            while (line is not null && !line.Contains("control API", StringComparison.Ordinal));
            using var control = new HttpClient { BaseAddress = new Uri(Regex.Match(line!, "http://.*").Value) };
            var key = await control.GetStringAsync("key/dev1/edgevision", Stop);
            if (kill) process.Kill();
            else ChildProcess.Signal(process, ChildProcess.Term);
            await process.WaitForExitAsync(Stop).WaitAsync(Simulated.Patience, Stop);
            if (!kill) Assert.Equal(0, process.ExitCode);
            return key;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static Process Start(string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(Executable, ["simulate", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        return process;
    }
}
