using System.Diagnostics;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>Runs one explicit test in a fresh process, this executable again: for what is counted over a process, or read by it only once.</summary>
internal static class OwnProcess
{
    /// <summary>Fails unless that test passes; returns what was written.</summary>
    public static async Task<string> RunAsync(Type tests, string method, Action<ProcessStartInfo>? prepare = null, TimeSpan? patience = null)
    {
        var host = Environment.ProcessPath!;
        var start = new ProcessStartInfo(host) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(host) == "dotnet") start.ArgumentList.Add(tests.Assembly.Location);
        foreach (var argument in new[] { "-noColor", "-explicit", "only", "-showLiveOutput", "-method", $"{tests.FullName}.{method}" }) start.ArgumentList.Add(argument);
        prepare?.Invoke(start);
        using var child = Process.Start(start)!;
        try
        {
            var output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(patience ?? TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken);
            var text = await output;
            Assert.True(child.ExitCode == 0, text);
            Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0", text, StringComparison.Ordinal);
            return text;
        }
        finally
        {
            if (!child.HasExited) child.Kill(entireProcessTree: true);
        }
    }
}
