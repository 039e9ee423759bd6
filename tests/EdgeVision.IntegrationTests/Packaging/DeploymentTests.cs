using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeVision.Configuration;
using EdgeVision.Module;

namespace EdgeVision.IntegrationTests.Packaging;

/// <summary>The templates and the manifests made from them: by SchemaStore's schemas where they are, by our own rules always.</summary>
public sealed partial class DeploymentTests
{
    /// <summary>Of a module's options in edgeAgent's twin.</summary>
    private const int PartLimit = 512, PartCount = 8;

    public static TheoryData<string, string> Deployments => new(
        from template in Deployment.Templates
        from platform in new[] { "arm64v8", "amd64" }
        select (template, platform));

    public static TheoryData<string> Templates => new(Deployment.Templates);

    public static TheoryData<string> Options => new(Directory.GetFiles(Repository.PathOf("deploy", "create-options")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));

    public static TheoryData<string> Layers => new(Directory.GetFiles(Repository.PathOf("deploy", "layers")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task SchemaStore_accepts_the_template(string template) => await Deployment.AcceptedBySchemaAsync("template", Deployment.Read(template));

    [Theory]
    [MemberData(nameof(Deployments))]
    public async Task SchemaStore_accepts_the_manifest(string template, string platform) =>
        await Deployment.AcceptedBySchemaAsync("manifest", await Deployment.ManifestAsync("-p", platform, Repository.PathOf(template)));

    [Fact]
    public async Task The_judge_refuses_what_the_schema_does_not_know()
    {
        var manifest = await Deployment.ManifestAsync();
        Deployment.Hub(manifest)["routes"]!["frames"]!["priority"] = 10;

        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Deployment.AcceptedBySchemaAsync("manifest", manifest));
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public async Task The_manifest_keeps_our_rules(string template, string platform)
    {
        var manifest = await Deployment.ManifestAsync("-p", platform, Repository.PathOf(template));
        var agent = Deployment.Agent(manifest);

        Assert.Null(manifest["$schema-template"]);
        Assert.DoesNotContain("${", manifest.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(("1.1", "1.2"), ((string?)agent["schemaVersion"], (string?)Deployment.Hub(manifest)["schemaVersion"]));
        foreach (var (name, module) in agent["systemModules"]!.AsObject().Concat(agent["modules"]!.AsObject()))
        {
            Assert.Matches("^[A-Za-z0-9_-]+$", name);
            Assert.Matches("^[^:]+(:[0-9]+)?/.+:[^:@]+(@sha256:[0-9a-f]{64})?$", (string?)module!["settings"]!["image"]);
            Assert.DoesNotMatch(":(latest|[0-9]+(\\.[0-9]+)?)(@|$)", (string?)module["settings"]!["image"]);
            CheckParts(module);
            CheckOptions(name, Deployment.CreateOptions(module), mayBeRoot: name.StartsWith("edge", StringComparison.Ordinal) && name != "edgevision");
        }

        Assert.Equal($"registry.example.com/edgevision:0.1.0-{platform}{(template.Contains("debug", StringComparison.Ordinal) ? ".debug" : "")}", (string?)Deployment.Module(manifest, "edgevision")["settings"]!["image"]);
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public async Task Options_survive_being_cut(string template, string platform)
    {
        var manifest = await Deployment.ManifestAsync("-p", platform, Repository.PathOf(template));

        var written = Deployment.CreateOptions(Deployment.Module(Deployment.Read(template), "edgevision")).ToJsonString();
        var expected = JsonNode.Parse(written.Replace("${VIDEO_GID}", "44", StringComparison.Ordinal).Replace("${GPIO_GID}", "986", StringComparison.Ordinal));
        Assert.True(JsonNode.DeepEquals(expected, Deployment.CreateOptions(Deployment.Module(manifest, "edgevision"))));
    }

    [Theory]
    [MemberData(nameof(Options))]
    public async Task Every_variant_of_the_options_fits(string variant)
    {
        var manifest = await Deployment.ManifestAsync("-o", Repository.PathOf("deploy", "create-options", variant));
        var module = Deployment.Module(manifest, "edgevision");

        CheckParts(module);
        var isPrivileged = (bool?)Deployment.CreateOptions(module)["HostConfig"]!["Privileged"] == true;
        Assert.Equal(variant == "privileged.json", isPrivileged);
        if (!isPrivileged) CheckOptions("edgevision", Deployment.CreateOptions(module), mayBeRoot: false);
    }

    [Fact]
    public void Routes_take_every_event_once_and_the_urgent_first()
    {
        var routes = Deployment.Hub(Deployment.Read("deployment.template.json"))["routes"]!.AsObject();
        var parsed = routes.Select(r => (r.Key, Priority: (int)r.Value!["priority"]!, Seconds: (long)r.Value["timeToLiveSecs"]!, Route: RouteCondition.Parse((string)r.Value["route"]!))).ToList();

        foreach (var (name, priority, seconds, route) in parsed)
        {
            Assert.Matches("^[^.$# ]+$", name);
            Assert.InRange(priority, 0, 9);
            Assert.InRange(seconds, 3600, uint.MaxValue);
            Assert.Equal(("/messages/modules/edgevision/outputs/events", "$upstream"), (route.Source, route.Sink));
        }

        // Every type of the schema, and one that it may get.
        var types = Deployment.Read("schemas", "events.v1.schema.json")["properties"]!["type"]!["enum"]!.AsArray().Select(t => (string)t!).Append("io.edgevision.object.v1").ToList();
        var taken = types.ToDictionary(t => t, t => Assert.Single(parsed, r => r.Route.Takes("type", t)));
        Assert.Equal(0, taken["io.edgevision.rule.v1"].Priority);
        Assert.Equal(0, taken["io.edgevision.system.v1"].Priority);
        Assert.Equal(9, taken["io.edgevision.frame.v1"].Priority);
        Assert.True(taken["io.edgevision.frame.v1"].Seconds < taken["io.edgevision.rule.v1"].Seconds);
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Variables_of_the_module_are_keys_of_the_configuration(string template)
    {
        var keys = OptionsReading.Describe(EdgeVisionOptions.Read).Select(k => k.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var variables = Deployment.Module(Deployment.Read(template), "edgevision")["env"]!.AsObject().Select(v => v.Key).ToList();

        Assert.NotEmpty(variables);
        foreach (var variable in variables)
        {
            Assert.Matches("^[^+#$\\s.]+$", variable);
            Assert.StartsWith("EDGEVISION__", variable, StringComparison.Ordinal);
            var key = variable.Replace("__", ":", StringComparison.Ordinal);
            Assert.Contains(key, keys);
        }
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Desired_properties_are_a_configuration(string template)
    {
        var desired = Deployment.Read(template)["modulesContent"]!["edgevision"]!["properties.desired"]!;
        CheckConfiguration(desired);
        Assert.InRange(Encoding.UTF8.GetByteCount(desired.ToJsonString()), 2, 32 << 10);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_adds_to_the_base_and_replaces_nothing(string layer)
    {
        var content = Deployment.Read("deploy", "layers", layer)["content"]!["modulesContent"]!.AsObject();
        foreach (var (module, properties) in content)
        {
            foreach (var (name, value) in properties!.AsObject())
            {
                Assert.StartsWith("properties.desired.", name, StringComparison.Ordinal);
                if (module == "edgevision") CheckConfiguration(Nested(name["properties.desired.".Length..], value!.DeepClone()));
                if (module == "$edgeAgent") CheckParts(value!);
                if (module == "$edgeHub") Assert.Equal("$upstream", RouteCondition.Parse((string)value!).Sink);
            }
        }
    }

    [Theory]
    [InlineData("make-manifest: no value for ${CONTAINER_REGISTRY_PASSWORD}, ${CONTAINER_REGISTRY_SERVER}, ${CONTAINER_REGISTRY_USERNAME}, ${GPIO_GID}, ${VIDEO_GID}; set", "-p", "arm64v8")]
    [InlineData("no platform \"sparc\"; it has amd64, amd64.debug, arm64v8, arm64v8.debug", "-p", "sparc", "-e", "deploy/azure.env.example")]
    [InlineData("no file 'nowhere.env'", "-e", "nowhere.env")]
    [InlineData("no template 'nowhere.json'", "nowhere.json")]
    [InlineData("'-e' behind the template 'deployment.template.json'", "deployment.template.json", "-e", "deploy/azure.env.example")]
    [InlineData("azure.env.example' is not one JSON object", "-e", "deploy/azure.env.example", "-o", "deploy/azure.env.example")]
    public async Task What_is_missing_is_named(string sentence, params string[] arguments)
    {
        var (code, said, complained) = await Deployment.MakeAsync([.. arguments.Select(a => a.StartsWith("deploy/", StringComparison.Ordinal) ? Repository.PathOf(a) : a)]);

        Assert.NotEqual(0, code);
        Assert.Empty(said);
        Assert.Contains(sentence, complained, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("line 2 of", "VIDEO_GID = 44")]
    [InlineData("no value for ${VIDEO_GID};", "VIDEO_GID=")]
    [InlineData("GroupAdd has video, 986; numbers were expected", "VIDEO_GID=video")]
    public async Task A_value_that_would_make_a_wrong_manifest_is_refused(string sentence, string line)
    {
        using var folder = new TempFolder();
        var values = folder.Write("values.env", Encoding.UTF8.GetBytes($"CONTAINER_REGISTRY_SERVER=r.example\n{line}\nCONTAINER_REGISTRY_USERNAME=u\nCONTAINER_REGISTRY_PASSWORD=p\nGPIO_GID=986\n"));

        var (code, said, complained) = await Deployment.MakeAsync("-e", values);

        Assert.NotEqual(0, code);
        Assert.Empty(said);
        Assert.StartsWith("make-manifest: ", complained, StringComparison.Ordinal);
        Assert.Contains(sentence, complained, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_may_have_quotes_and_the_line_ends_of_another_system()
    {
        using var folder = new TempFolder();
        var example = await File.ReadAllLinesAsync(Repository.PathOf("deploy", "azure.env.example"), TestContext.Current.CancellationToken);
        var values = folder.Write("values.env", Encoding.UTF8.GetBytes(string.Join("\r\n", example.Select(l => l.StartsWith('#') ? l : l.Replace("=", "=\"", StringComparison.Ordinal) + '"'))));

        var (code, said, complained) = await Deployment.MakeAsync("-e", values);

        Assert.True(code == 0, complained);
        Assert.True(JsonNode.DeepEquals(await Deployment.ManifestAsync(), JsonNode.Parse(said)));
    }

    [Fact]
    public async Task A_value_is_never_run_nor_cut()
    {
        using var folder = new TempFolder();
        var odd = "p$(id) \"quoted\" a=b 'x' \\n ü";
        var values = folder.Write("values.env", Encoding.UTF8.GetBytes($"# comment\nCONTAINER_REGISTRY_SERVER=r.example\nCONTAINER_REGISTRY_USERNAME=u\nCONTAINER_REGISTRY_PASSWORD={odd}\nVIDEO_GID=1\nGPIO_GID=2\n"));

        var (code, said, complained) = await Deployment.MakeAsync("-e", values);

        Assert.True(code == 0, complained);
        Assert.Equal(odd, (string?)Deployment.Agent(JsonNode.Parse(said)!)["runtime"]!["settings"]!["registryCredentials"]!["edgevision"]!["password"]);
    }

    [Fact]
    public void The_module_is_found_at_the_root_with_its_files()
    {
        var module = Deployment.Read("module.json");

        Assert.Equal("0.0.1", (string?)module["$schema-version"]);
        var platforms = module["image"]!["tag"]!["platforms"]!.AsObject().ToDictionary(p => p.Key, p => (string)p.Value!);
        Assert.Equal(["amd64", "amd64.debug", "arm64v8", "arm64v8.debug"], platforms.Keys.Order(StringComparer.Ordinal));
        Assert.All(platforms.Values, file => Assert.True(File.Exists(Repository.PathOf(file)), file));
        Assert.Matches(VersionOfTheProduct(), File.ReadAllText(Repository.PathOf("Directory.Build.props")));
        Assert.Equal(VersionOfTheProduct().Match(File.ReadAllText(Repository.PathOf("Directory.Build.props"))).Groups[1].Value, (string?)module["image"]!["tag"]!["version"]);
    }

    /// <summary>A value below dotted names, as layers write them.</summary>
    private static JsonNode Nested(string path, JsonNode value) => path.Split('.').Reverse().Aggregate(value, (inner, name) => new JsonObject { [name] = inner });

    private static void CheckConfiguration(JsonNode desired)
    {
        var tree = ConfigurationTree.Parse(Encoding.UTF8.GetBytes(new JsonObject { ["EdgeVision"] = desired.DeepClone() }.ToJsonString()), "desired properties", "/data", out var error);
        Assert.True(error is null, error);
        Assert.Empty(OptionsReading.Read(tree!, EdgeVisionOptions.Read).Mistakes);
        foreach (var name in new[] { "Node", "DataDirectory", "Outbox", "IotHub", "Http" }) Assert.False(desired.AsObject().ContainsKey(name), $"'{name}' is refused in the twin.");
    }

    private static void CheckParts(JsonNode module)
    {
        var parts = Deployment.Parts(module).ToList();
        Assert.InRange(parts.Count, 1, PartCount);
        Assert.Equal(Enumerable.Range(0, parts.Count).Select(i => i == 0 ? "createOptions" : $"createOptions0{i}"), parts.Select(p => p.Name));
        Assert.All(parts, p => Assert.InRange(p.Text.Length, 1, PartLimit));
        Assert.IsType<JsonObject>(Deployment.CreateOptions(module));
    }

    private static void CheckOptions(string name, JsonNode options, bool mayBeRoot)
    {
        var host = options["HostConfig"]!;
        Assert.Null(host["Privileged"]);
        Assert.Null(host["NetworkMode"]);     // the alias that modules find edgeHub by would go
        Assert.NotNull(host["LogConfig"]!["Config"]!["max-size"]);
        Assert.NotNull(host["LogConfig"]!["Config"]!["max-file"]);
        if (mayBeRoot) return;
        Assert.Matches("^[1-9][0-9]*:[1-9][0-9]*$", (string?)options["User"]);
        Assert.Equal("no-new-privileges", (string?)Assert.Single(host["SecurityOpt"]!.AsArray()));
        Assert.InRange((long)host["Memory"]!, 64 << 20, 2L << 30);
        Assert.NotEmpty(options["Healthcheck"]!["Test"]!.AsArray());
        foreach (var group in host["GroupAdd"]?.AsArray() ?? []) Assert.Matches("^[0-9]+$", (string?)group);
        foreach (var device in host["Devices"]?.AsArray() ?? []) Assert.Equal("rw", (string?)device!["CgroupPermissions"]);
        foreach (var bind in host["Binds"]!.AsArray().Select(b => (string)b!))
            Assert.False(bind.StartsWith("/var/run", StringComparison.Ordinal) || bind.Contains("docker.sock", StringComparison.Ordinal), $"{name} binds {bind}.");
    }

    [GeneratedRegex("<Version>([^<]+)</Version>")]
    private static partial Regex VersionOfTheProduct();
}
