using System.Diagnostics;

namespace EdgeVision.IntegrationTests;

/// <summary>Validates JSON with a validator that is not ours (python3-jsonschema), strictly: undescribed properties are errors.</summary>
internal static class SchemaJudge
{
    /// <summary>Fails the test with every error found.</summary>
    public static async Task AcceptsAsync(string schema, IEnumerable<string> lines)
    {
        var (code, said) = await JudgeAsync(schema, lines);
        Assert.True(code == 0, said);
    }

    /// <summary>Exit code of the judge (0 all valid, 1 some invalid) and what it printed.</summary>
    public static async Task<(int Code, string Said)> JudgeAsync(string schema, IEnumerable<string> lines)
    {
        if (!File.Exists("/usr/bin/python3")) Assert.Skip("python3 is not installed; apt-get install python3-jsonschema");
        using var judge = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Repository.PathOf("tests", "judge_schema.py"), Repository.PathOf("schemas", schema)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (said, complained) = (judge.StandardOutput.ReadToEndAsync(), judge.StandardError.ReadToEndAsync());
        foreach (var line in lines) await judge.StandardInput.WriteLineAsync(line);
        judge.StandardInput.Close();
        await judge.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        if ((await complained).Contains("No module named 'jsonschema'", StringComparison.Ordinal)) Assert.Skip("python3-jsonschema is not installed; apt-get install python3-jsonschema");
        return (judge.ExitCode, await said + await complained);
    }
}
