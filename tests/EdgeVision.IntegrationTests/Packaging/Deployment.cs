using System.Diagnostics;
using System.Text.Json.Nodes;

namespace EdgeVision.IntegrationTests.Packaging;

/// <summary>The deployment template, and what deploy/make-manifest makes of it.</summary>
internal static class Deployment
{
    public static readonly string[] Templates = ["deployment.template.json", "deployment.debug.template.json"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static JsonNode Read(params string[] path) => JsonNode.Parse(File.ReadAllText(Repository.PathOf(path)))!;

    public static JsonNode Agent(JsonNode deployment) => deployment["modulesContent"]!["$edgeAgent"]!["properties.desired"]!;

    public static JsonNode Hub(JsonNode deployment) => deployment["modulesContent"]!["$edgeHub"]!["properties.desired"]!;

    public static JsonNode Module(JsonNode deployment, string name) => Agent(deployment)["modules"]![name]!;

    /// <summary>The manifest as an integrator gets it, with the example's values.</summary>
    public static async Task<JsonNode> ManifestAsync(params string[] arguments)
    {
        var (code, said, complained) = await MakeAsync(["-e", Repository.PathOf("deploy", "azure.env.example"), .. arguments]);
        Assert.True(code == 0, complained);
        return JsonNode.Parse(said)!;
    }

    /// <summary>Runs deploy/make-manifest as it stands there.</summary>
    public static async Task<(int Code, string Said, string Complained)> MakeAsync(params string[] arguments)
    {
        if (!File.Exists("/usr/bin/jq")) Assert.Skip("jq is not installed; apt-get install jq");
        return await RunAsync(Repository.PathOf("deploy", "make-manifest"), arguments, "");
    }

    /// <summary>SchemaStore's judgement; skips where its schemas are not beside the checkout.</summary>
    public static async Task AcceptedBySchemaAsync(string kind, JsonNode deployment)
    {
        var (code, said, complained) = await RunAsync("/usr/bin/python3", [Repository.PathOf("tests", "judge_deployment.py"), Repository.Shared("schemas"), kind], deployment.ToJsonString());
        if (complained.Contains("No module named 'jsonschema'", StringComparison.Ordinal)) Assert.Skip("python3-jsonschema is not installed; apt-get install python3-jsonschema");
        Assert.True(code == 0, said + complained);
    }

    /// <summary>createOptions as Docker gets them: the parts of a manifest put together, or the object of a template.</summary>
    public static JsonNode CreateOptions(JsonNode module) => module["settings"]!["createOptions"] switch
    {
        JsonObject whole => whole,
        _ => JsonNode.Parse(string.Concat(Parts(module).Select(p => p.Text)))!,
    };

    public static IEnumerable<(string Name, string Text)> Parts(JsonNode module) => module["settings"]!.AsObject()
        .Where(s => s.Key.StartsWith("createOptions", StringComparison.Ordinal)).OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => (s.Key, s.Value!.GetValue<string>()));

    public static async Task<(int Code, string Said, string Complained)> RunAsync(string command, IEnumerable<string> arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await said, await complained);
    }
}
