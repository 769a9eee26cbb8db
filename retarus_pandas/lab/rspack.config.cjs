// By default the numbers of modules depend on the folder that the package is built in.
module.exports = { optimization: { moduleIds: 'natural', chunkIds: 'natural' } };
