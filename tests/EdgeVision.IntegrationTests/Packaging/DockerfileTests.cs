using System.Text.RegularExpressions;

namespace EdgeVision.IntegrationTests.Packaging;

/// <summary>Rules of the Dockerfiles, those of hadolint that matter here among them. What they build is executed by tests/packaging/run.</summary>
public sealed partial class DockerfileTests
{
    private static readonly HashSet<string> Known = ["FROM", "ENV", "WORKDIR", "COPY", "RUN", "ARG", "LABEL", "VOLUME", "EXPOSE", "USER", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"];

    public static TheoryData<string> Files => ["Dockerfile.arm64", "Dockerfile.amd64", "Dockerfile.arm64.debug", "Dockerfile.amd64.debug"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Images_are_pinned_by_version_and_digest_and_built_in_stages(string name)
    {
        var file = Dockerfile.Read(name);
        Assert.Equal(2, file.Stages);
        foreach (var from in file.All("FROM")) Assert.Matches("^--platform=(\\$BUILDPLATFORM|linux/(arm64|amd64)) [a-z0-9./-]+:[a-z0-9.-]*[0-9]{3,}[a-z0-9.-]*@sha256:[0-9a-f]{64} AS (build|run)$", from);
        Assert.Contains("--platform=$BUILDPLATFORM", file.All("FROM").First(), StringComparison.Ordinal);
        Assert.DoesNotContain(file.All("COPY", 1), c => !c.StartsWith("--from=build ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void It_runs_as_a_user_without_rights_who_owns_its_data_only(string name)
    {
        var file = Dockerfile.Read(name);
        Assert.Equal("1000:1000", file.Last("USER"));
        var instructions = file.Instructions.ToList();
        var user = instructions.FindLastIndex(i => i.Name == "USER");
        Assert.DoesNotContain(instructions[user..], i => i.Name is "RUN" or "COPY");     // nothing is made by the user, so nothing of the program is its own
        Assert.Equal("""["/data"]""", file.Last("VOLUME"));
        Assert.Contains("install --directory --owner 1000 --group 1000 --mode 0750 /data", string.Join('\n', file.All("RUN", 1)), StringComparison.Ordinal);
        Assert.DoesNotContain(file.All("COPY"), c => c.Contains("--chown", StringComparison.Ordinal) || c.Contains("--chmod", StringComparison.Ordinal));
        Assert.DoesNotContain(file.All("RUN"), r => r.Contains("sudo", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void It_tells_its_health_and_ends_in_good_order(string name)
    {
        var file = Dockerfile.Read(name);
        Assert.Matches("^--interval=[0-9]+s --timeout=[0-9]+s --start-period=[0-9]+s --retries=[0-9] CMD \\[\"/opt/edgevision/edgevision\", \"healthcheck\"\\]$", file.Last("HEALTHCHECK"));
        Assert.Equal("SIGTERM", file.Last("STOPSIGNAL"));
        Assert.Equal("""["/opt/edgevision/edgevision"]""", file.Last("ENTRYPOINT"));     // no shell between the signal and the node
        Assert.Equal("""["run"]""", file.Last("CMD"));
        Assert.Contains(" PATH=/opt/edgevision:$PATH ", file.Last("ENV"), StringComparison.Ordinal);     // docker exec edgevision edgevision doctor, as documents and sentences say
        Assert.Equal("9600", file.Last("EXPOSE"));
        Assert.Contains(file.All("RUN", 1), r => r.Contains("/deploy/sbom", StringComparison.Ordinal));
        foreach (var label in new[] { "title", "description", "licenses", "version", "revision", "base.name" })
            Assert.Contains($"org.opencontainers.image.{label}=", file.Last("LABEL"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Nothing_comes_from_elsewhere_and_nothing_is_left_behind(string name)
    {
        var file = Dockerfile.Read(name);
        Assert.All(file.Instructions, i => Assert.Contains(i.Name, Known));     // no ADD, no MAINTAINER, no ONBUILD, no SHELL
        var text = string.Join('\n', file.Lines);
        Assert.DoesNotMatch("(?i)curl |wget |https?://|git clone", text);
        Assert.DoesNotMatch("(?i)(password|secret|token|api_?key)\\s*=", text);
        foreach (var run in file.All("RUN").Where(r => r.Contains("apt-get", StringComparison.Ordinal)))
        {
            Assert.Equal(Install().Count(run), AnyInstall().Count(run));
            Assert.Contains("apt-get update &&", run, StringComparison.Ordinal);
            Assert.Contains("rm -rf /var/lib/apt/lists/*", run, StringComparison.Ordinal);
            Assert.DoesNotContain("apt-get upgrade", run, StringComparison.Ordinal);
        }

        Assert.All(file.All("WORKDIR"), w => Assert.StartsWith("/", w, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_it_copies_is_in_the_repository_and_reaches_the_builder(string name)
    {
        var ignore = File.ReadAllLines(Repository.PathOf(".dockerignore"));
        var let = ignore.Where(l => l.StartsWith('!')).Select(l => l[1..]).ToHashSet(StringComparer.Ordinal);
        Assert.Contains("*", ignore);
        Assert.Contains("**/bin", ignore);
        Assert.Contains("**/obj", ignore);

        var copied = Dockerfile.Read(name).All("COPY", 0).SelectMany(c => c.Split(' ')[..^1]).Select(p => p.TrimEnd('/')).ToList();
        Assert.All(copied, path => Assert.True(Path.Exists(Repository.PathOf(path)), path));
        Assert.Equal(let.Order(StringComparer.Ordinal), copied.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Both_platforms_are_built_alike() => Assert.Equal(Neutral(Dockerfile.Read("Dockerfile.arm64")), Neutral(Dockerfile.Read("Dockerfile.amd64")));

    [Theory]
    [InlineData("arm64")]
    [InlineData("amd64")]
    public void The_debug_image_differs_in_configuration_and_diagnostics_only(string platform)
    {
        var (release, debug) = (Dockerfile.Read($"Dockerfile.{platform}").Instructions, Dockerfile.Read($"Dockerfile.{platform}.debug").Instructions);
        var differences = release.Zip(debug).Where(p => p.First != p.Second).Select(p => p.Second.Text).ToList();

        Assert.Equal(release.Count, debug.Count);
        Assert.Collection(differences,
            publish => Assert.Contains("--configuration Debug", publish, StringComparison.Ordinal),
            environment => Assert.EndsWith("DOTNET_EnableDiagnostics=1", environment, StringComparison.Ordinal));
    }

    [Fact]
    public void It_is_published_as_the_installation_page_says()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "install.md"));
        Assert.Contains("dotnet publish src/EdgeVision.Module -c Release -r linux-x64 --self-contained", page, StringComparison.Ordinal);
        Assert.Contains("dotnet publish src/EdgeVision.Module --configuration Release --runtime linux-x64 --self-contained ", Assert.Single(Dockerfile.Read("Dockerfile.amd64").All("RUN", 0)), StringComparison.Ordinal);
    }

    /// <summary>Lines without the platform's names.</summary>
    private static IEnumerable<string> Neutral(Dockerfile file) => file.Lines.Select(line => Platform().Replace(line, "PLATFORM"));

    [GeneratedRegex("linux[-/](arm64|amd64|x64)|Dockerfile\\.(arm64|amd64)|0\\.1\\.0-(arm64v8|amd64)")]
    private static partial Regex Platform();

    [GeneratedRegex("apt-get install -y --no-install-recommends [a-z]")]
    private static partial Regex Install();

    [GeneratedRegex("apt(-get)? install")]
    private static partial Regex AnyInstall();
}
