using EdgeVision.Models;

namespace EdgeVision.Tests.Models;

public sealed class ModelStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private ModelStore Store => new(Path.Combine(Repository.Root, "models"), _folder.PathOf("models"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_store_begins_with_the_bundled_models()
    {
        Assert.Equal(["nanodet-g-416@1.0.0", "nanodet-g-416-int8@1.0.0"], Store.List().Select(static m => m.ToString()));
        var model = Store.List()[0];
        Assert.Equal(("nanodet-g-416@1.0.0", true), (model.ToString(), model.IsBundled));
        Assert.Equal(model, Store.Find("nanodet-g-416"));
        Assert.Equal(model, Store.Find("nanodet-g-416@1.0.0"));
        Assert.Null(Store.Find("nanodet-g-416@2"));
        Assert.Null(Store.Find("nanodet"));
    }

    [Fact]
    public void A_bare_file_becomes_a_package_that_needs_nothing_beside_it()
    {
        var added = Store.Add(Bare("toy", "1"));
        Assert.Equal(_folder.PathOf("models/toy/1"), added.Folder);
        Assert.Equal([".digest", "model.json", "toy.onnx"], Directory.GetFiles(added.Folder).Select(Path.GetFileName).Order());
        var package = ModelPackage.Load(added.Folder);
        Assert.Equal(("toy", "1", 2), (package.Manifest.Name, package.Manifest.Version, package.Labels.Count));
        Assert.Equal(added, Store.Find("toy"));
    }

    [Fact]
    public void A_package_takes_labels_pictures_licence_and_notice_along_and_nothing_else()
    {
        var source = _folder.PathOf("source");
        Directory.CreateDirectory(source);
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "models", "nanodet-g-416"))) File.Copy(file, Path.Combine(source, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(source, "model.json"), File.ReadAllText(Path.Combine(source, "model.json")).Replace("\"1.0.0\"", "\"2.0.0\"", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(source, "secret.key"), "x");

        var added = Store.Add(ModelPackage.Load(source));

        Assert.Equal([".digest", "LICENSE", "NOTICE", "README.md", "golden.jpg", "labels.txt", "model.json", "model.onnx"], Directory.GetFiles(added.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllBytes(Path.Combine(source, "model.json")), File.ReadAllBytes(Path.Combine(added.Folder, "model.json")));
        Assert.Equal("2.0.0", Store.Find("nanodet-g-416")!.Version);
        Assert.True(Store.Find("nanodet-g-416@1.0.0")!.IsBundled);
    }

    [Fact]
    public void The_newest_version_is_found_by_numbers_not_letters()
    {
        foreach (var version in (string[])["1.9", "1.10", "1.10-rc1"]) Store.Add(Bare("toy", version));
        Assert.Equal(["1.10", "1.10-rc1", "1.9"], Store.List().Where(static m => !m.IsBundled).Select(static m => m.Version));
        Assert.Equal("1.10", Store.Find("toy")!.Version);
        Assert.Equal("1.9", Store.Find("toy@1.9")!.Version);
    }

    [Fact]
    public void The_same_again_is_there_already_and_changes_nothing()
    {
        var first = Store.Add(Bare("toy", "1"));
        var at = Directory.GetLastWriteTimeUtc(first.Folder);
        Assert.Equal(first, Store.Add(Bare("toy", "1")));
        Assert.Equal(at, Directory.GetLastWriteTimeUtc(first.Folder));
        var bundled = Store.Find("nanodet-g-416")!;
        Assert.Equal(bundled, Store.Add(ModelPackage.Load(bundled.Folder)));
        Assert.Equal("toy@1", Assert.Single(Store.List(), static m => !m.IsBundled).ToString());
    }

    [Fact]
    public void Another_model_of_the_same_name_and_version_is_refused_and_changes_nothing()
    {
        Store.Add(SomeModel.Package(_folder));
        var refusal = Assert.Throws<ModelException>(() => Store.Add(SomeModel.Package(_folder, weights: "others"))).Message;
        Assert.Contains("has toy@1 already", refusal, StringComparison.Ordinal);
        Assert.Contains($"digest {ModelStore.DigestOf(Store.Find("toy")!)}", refusal, StringComparison.Ordinal);
        Assert.Contains("has nanodet-g-416@1.0.0 already", Assert.Throws<ModelException>(() => Store.Add(Bare("nanodet-g-416", "1.0.0"))).Message, StringComparison.Ordinal);
        Assert.Equal("toy@1", Assert.Single(Store.List(), static m => !m.IsBundled).ToString());
    }

    [Theory]
    [InlineData("..", "1")]
    [InlineData(".hidden", "1")]
    [InlineData("toy", "../../../x")]
    [InlineData("toy", "..")]
    [InlineData("toy", "a b")]
    public void A_name_or_version_that_leads_elsewhere_is_refused(string name, string version)
    {
        Assert.Contains("cannot name a folder in the store", Assert.Throws<ModelException>(() => Store.Add(Bare(name, version))).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.PathOf("models")));
    }

    [Fact]
    public void What_changed_while_it_was_copied_does_not_arrive()
    {
        var package = Bare("toy", "1");
        File.AppendAllText(package.WeightsPath, "more");
        Assert.Contains("truncated or changed", Assert.Throws<ModelException>(() => Store.Add(package)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_folder.PathOf("models")));
    }

    [Fact]
    public void Unfinished_and_foreign_folders_are_no_models()
    {
        Directory.CreateDirectory(_folder.PathOf("models/.unfinished-1/1"));
        Directory.CreateDirectory(_folder.PathOf("models/empty/1"));
        File.WriteAllText(_folder.PathOf("models/.unfinished-1/1/model.json"), "{}");
        Assert.DoesNotContain(Store.List(), static m => !m.IsBundled);
    }

    [Fact]
    public void An_added_model_is_removed_with_its_empty_folders()
    {
        Store.Add(Bare("toy", "1"));
        Store.Add(Bare("toy", "2"));
        Store.Remove(Store.Find("toy@2")!);
        Assert.Equal("1", Store.Find("toy")!.Version);
        Store.Remove(Store.Find("toy")!);
        Assert.Null(Store.Find("toy"));
        Assert.Empty(Directory.GetDirectories(_folder.PathOf("models")));
    }

    [Fact]
    public void A_bundled_model_stays() =>
        Assert.Contains("came with EdgeVision and cannot be removed", Assert.Throws<ModelException>(() => Store.Remove(Store.Find("nanodet-g-416")!)).Message, StringComparison.Ordinal);

    private ModelPackage Bare(string name, string version)
    {
        var manifest = $$"""
            { "name": "{{name}}", "version": "{{version}}", "family": "nanodet", "labels": ["cat", "dog"], "input": { "colour": "bgr", "resize": "stretch" }, "decoder": { "centreOffset": 0 } }
            """;
        var weights = _folder.Write("toy.onnx", OnnxBytes.Model("images float32 [1,3,416,416]", ["output float32 [1,3598,34]"]));
        return ModelPackage.Load(weights, _folder.Write("rest.json", System.Text.Encoding.UTF8.GetBytes(manifest)));
    }
}
