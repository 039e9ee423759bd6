using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeVision.IntegrationTests.Mqtt.HomeAssistant;

/// <summary>What Home Assistant says of a discovery message: its errors, and by name of a state what each template makes of that.</summary>
internal sealed record Verdict(IReadOnlyList<string> Errors, JsonObject Shows)
{
    public string Value(string state) => (string)Shows[state]!["value_template"]!;

    public JsonNode Attributes(string state) => JsonNode.Parse((string)Shows[state]!["json_attributes_template"]!)!;
}

/// <summary>Asks tests/judge_homeassistant.py, which reads templates with the engine that Home Assistant uses (python3-jinja2).</summary>
internal static class DiscoveryJudge
{
    /// <summary>Verdicts by topic.</summary>
    public static async Task<Dictionary<string, Verdict>> JudgeAsync(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> messages, params (string Name, string State)[] states)
    {
        if (!File.Exists("/usr/bin/python3")) Assert.Skip("python3 is not installed; apt-get install python3-jinja2");
        using var judge = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-X", "utf8", Repository.PathOf("tests", "judge_homeassistant.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        })!;
        var (said, complained) = (judge.StandardOutput.ReadToEndAsync(), judge.StandardError.ReadToEndAsync());
        var topics = new List<string>();
        try
        {
            foreach (var (topic, payload) in messages)
            {
                topics.Add(topic);
                var byName = new JsonObject(states.Select(s => KeyValuePair.Create(s.Name, (JsonNode?)s.State)));
                var line = new JsonObject { ["topic"] = topic, ["payload"] = Encoding.UTF8.GetString(payload.Span), ["states"] = byName };
                await judge.StandardInput.WriteLineAsync(line.ToJsonString()); // ASCII: everything else is escaped
            }

            judge.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone; below it says why.
        }

        await judge.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        if ((await complained).Contains("No module named 'jinja2'", StringComparison.Ordinal)) Assert.Skip("python3-jinja2 is not installed; apt-get install python3-jinja2");
        Assert.True(judge.ExitCode == 0, await complained);
        var verdicts = (await said).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!.AsObject()).ToList();
        Assert.Equal(topics.Count, verdicts.Count);
        return topics.Zip(verdicts).ToDictionary(v => v.First, v => new Verdict(v.Second["errors"].Deserialize<List<string>>()!, v.Second["shows"]!.AsObject()));
    }

    /// <summary>Fails the test with every error found.</summary>
    public static async Task<Dictionary<string, Verdict>> AcceptsAsync(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> messages, params (string Name, string State)[] states)
    {
        var verdicts = await JudgeAsync(messages, states);
        Assert.Empty(verdicts.SelectMany(v => v.Value.Errors.Select(e => $"{v.Key}: {e}")));
        return verdicts;
    }
}
