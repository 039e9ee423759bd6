namespace EdgeVision.IntegrationTests.Packaging;

/// <summary>One instruction: <c>RUN</c> and what follows, continued lines joined.</summary>
internal sealed record DockerInstruction(string Name, string Text, int Stage);

/// <summary>A Dockerfile as far as ours go: comments, continued lines, stages.</summary>
internal sealed class Dockerfile
{
    private Dockerfile(string name, IReadOnlyList<string> lines, IReadOnlyList<DockerInstruction> instructions) => (Name, Lines, Instructions) = (name, lines, instructions);

    public string Name { get; }

    /// <summary>As written, comments included.</summary>
    public IReadOnlyList<string> Lines { get; }

    public IReadOnlyList<DockerInstruction> Instructions { get; }

    public int Stages => Instructions.Count(i => i.Name == "FROM");

    public static Dockerfile Read(string name)
    {
        var lines = File.ReadAllLines(Repository.PathOf(name));
        var instructions = new List<DockerInstruction>();
        var (pending, stage) = ("", -1);
        foreach (var line in lines.Where(l => !l.StartsWith('#')))
        {
            if (line.EndsWith('\\'))
            {
                pending += line[..^1].Trim() + " ";
                continue;
            }

            var whole = (pending + line.Trim()).Trim();
            pending = "";
            if (whole.Length == 0) continue;
            var (word, rest) = whole.IndexOf(' ', StringComparison.Ordinal) is var space and > 0 ? (whole[..space], whole[(space + 1)..]) : (whole, "");
            if (word == "FROM") stage++;
            instructions.Add(new DockerInstruction(word, rest, stage));
        }

        Assert.Equal("", pending);
        return new Dockerfile(name, lines, instructions);
    }

    public IEnumerable<string> All(string instruction, int? stage = null) => Instructions.Where(i => i.Name == instruction && (stage is null || i.Stage == stage)).Select(i => i.Text);

    /// <summary>The one instruction of this name in the last stage.</summary>
    public string Last(string instruction) => Assert.Single(All(instruction, Stages - 1));
}
