using System.CommandLine;

namespace EdgeVision.Module.Commands;

/// <summary><c>model list|inspect|verify|pack|keygen|add|remove</c>: the models of a node.</summary>
internal static class ModelCommand
{
    public static Command Create() => new("model", "The models of this node: what there is, what a file or package says of itself, whether it works, packing and signing it, and putting it into the data folder.")
    {
        ModelListCommand.Create(),
        ModelInspectCommand.Create(),
        ModelVerifyCommand.Create(),
        ModelPackCommand.Create(),
        ModelKeygenCommand.Create(),
        ModelAddCommand.Create(),
        ModelRemoveCommand.Create(),
    };

    public static Option<string?> Data() => new("--data") { Description = "Data folder with the added models; otherwise edgevision-data where you stand", HelpName = "DIR" };

    public static Argument<string> Model() => new("MODEL") { Description = "Folder with a model.json, an .onnx file, an .evmodel package, or NAME[@VERSION] of a bundled or added model" };

    public static Option<string> Format()
    {
        var format = new Option<string>("--format") { Description = "table, or json", HelpName = "table|json", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong("table", "json");
        return format;
    }
}
